using System.Reflection;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>
/// Every schedule of the library over many steps, joins and ends of warm-ups among them, against values that are made one after the other, as a program without closed forms would: products, sums, counters.
/// </summary>
public class ScheduleFormulaTests
{
    private const int Steps = 150;

    private static readonly (Schedule Schedule, Func<double, IEnumerable<double>> Path)[] s_cases =
    [
        (new Constant { Factor = 0.25 }, v => Enumerable.Repeat(v / 4, Steps)),
        (new StepDecay { Every = 7, Factor = 0.3 }, v => Walk(v, (value, k) => k % 7 == 0 ? value * 0.3 : value)),
        (new MultiStepDecay { Milestones = [3, 40, 41, 41], Factor = 0.5 }, v => Walk(v, (value, k) => k switch { 3 or 40 => value / 2, 41 => value / 4, _ => value })),
        (new ExponentialDecay { Factor = 0.97 }, v => Walk(v, (value, _) => value * 0.97)),
        (new NaturalExponentialDecay { Speed = 0.03 }, v => Walk(v, (value, _) => value * Math.Exp(-0.03))),
        (new InverseTime(), v => Walk(v, (value, k) => value * k / (k + 1))),
        (new InverseTimeSquared(), v => Walk(v, (value, k) => value * k / (k + 1) * k / (k + 1))),
        (new InverseSquareRoot { Warmup = 9 }, v => Walk(v / 9, (value, k) => k < 9 ? value + (v / 9) : value * Math.Sqrt(k / (k + 1.0)))),
        (new PolynomialDecay { Total = 60, Power = 2 }, v => Walk(v, (value, k) => k >= 60 ? 0 : value * Math.Pow((60.0 - k) / (61 - k), 2))),
        (new LinearDecay { Total = 50, End = 0.2 }, v => Walk(v, (value, k) => k > 50 ? value : value - (0.8 * v / 50))),
        (new LinearWarmup { Warmup = 12, Start = 0.1 }, v => Walk(v / 10, (value, k) => k > 12 ? value : value + (0.9 * v / 12))),
        (new CosineDecay { Total = 45, Minimum = 0.01 }, v => Numbers(k => Half(v, 0.01, Math.Min(k, 45), 45))),
        (new WarmupCosine { Warmup = 5, Total = 70, Minimum = 0.02 }, v => Numbers(k => k < 5 ? (k + 1) * v / 5 : Half(v, 0.02, Math.Min(k - 5, 65), 65))),
        (new WarmupCosine { Total = 70 }, v => Numbers(k => Half(v, 0, Math.Min(k, 70), 70))),
        (new CosineWarmRestarts { Period = 8, Growth = 2, Minimum = 0.01 }, v => Restarts(v, 0.01, 8, 2)),
        (new CosineWarmRestarts { Period = 5, Growth = 3 }, v => Restarts(v, 0, 5, 3)),
        (new CosineWarmRestarts { Period = 9 }, v => Restarts(v, 0, 9, 1)),
        (new Cyclic { HalfPeriod = 6, Minimum = 0.02 }, v => Numbers(k => 0.02 + ((v - 0.02) * Zigzag(k, 6)))),
        (new Cyclic { HalfPeriod = 6, Minimum = 0.02, Decay = 0.5 }, v => Numbers(k => 0.02 + ((v - 0.02) * Zigzag(k, 6) / (1L << (k / 12))))),
        (new Cyclic { HalfPeriod = 4, DecayPerStep = 0.98 }, v => Walk(1, (value, _) => value * 0.98).Select((decay, k) => v * Zigzag(k, 4) * decay)),
        (new OneCycle { Total = 80, Rise = 0.25, InitialDivisor = 20, FinalDivisor = 100 }, v => Numbers(k => k < 19 ? Half(v / 20, v, k, 19) : Half(v, v / 2_000, Math.Min(k - 19, 60), 60))),
        (new OneCycleMomentum { Total = 80, Fall = 0.25, Minimum = 0.1 }, v => Numbers(k => k < 19 ? Half(v, 0.1, k, 19) : Half(0.1, v, Math.Min(k - 19, 60), 60))),
        (new WarmupStableDecay { Warmup = 6, Total = 90, Decay = 30, Minimum = 0.01 }, v => Numbers(k => k < 6 ? (k + 1) * v / 6 : k < 60 ? v : k >= 90 ? 0.01 : v - ((v - 0.01) * (k - 60) / 30))),
        (new WarmupStableDecay { Warmup = 6, Total = 90, Decay = 30, Power = 0.5 }, v => Numbers(k => k < 6 ? (k + 1) * v / 6 : k < 60 ? v : k >= 90 ? 0 : v * (1 - Math.Sqrt((k - 60) / 30.0)))),
    ];

    [Fact]
    public void Every_schedule_has_the_values_that_are_made_one_after_the_other()
    {
        Assert.All(s_cases, given =>
        {
            given.Schedule.Validate();
            double[] expected = [.. given.Path(0.3)];
            Assert.Equal(Steps, expected.Length);
            Assert.All(Enumerable.Range(0, Steps), k => Assert.Equal(expected[k], given.Schedule.Value(0.3, k), 1e-12));
        });

        // What is told losses has a test of its own.
        IEnumerable<string> library = typeof(Schedule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Schedule))).Select(type => type.Name);
        Assert.Equal(library.Except([nameof(ReduceOnPlateau)]).Order(), s_cases.Select(given => given.Schedule.GetType().Name).Distinct().Order());
    }

    [Theory]
    [InlineData(0.5, 2, 0, 0.0, 1e-4, false)]
    [InlineData(0.3, 0, 3, 0.01, 0.02, false)]
    [InlineData(0.9, 4, 1, 0.05, 0.0, true)]
    public void ReduceOnPlateau_goes_as_a_counter_of_bad_reports(double factor, int patience, int cooldown, double minimum, double threshold, bool isMaximum)
    {
        ReduceOnPlateau schedule = new() { Factor = factor, Patience = patience, Cooldown = cooldown, Minimum = minimum, Threshold = threshold, Maximize = isMaximum };
        schedule.Validate();
        Random random = new(8);
        double rate = 0.3, best = isMaximum ? double.NegativeInfinity : double.PositiveInfinity;
        int bad = 0, waits = 0, reduced = 0;
        for (int report = 0; report < 400; report++)
        {
            // A loss that falls, with noise; or its inverse, which rises.
            double loss = (1 / (1 + (0.05 * report))) + (0.1 * random.NextDouble());
            double metric = isMaximum ? 1 / loss : loss;
            bool isBetter = isMaximum ? metric > best * (1 + threshold) : metric < best * (1 - threshold);
            (best, bad) = isBetter ? (metric, 0) : (best, bad + 1);
            if (waits > 0)
                (waits, bad) = (waits - 1, 0);
            bool reduces = bad > patience;
            if (reduces)
                (rate, waits, bad, reduced) = (Math.Max(rate * factor, minimum), cooldown, 0, reduced + 1);
            Assert.Equal(reduces, schedule.Report(metric));
            Assert.Equal(rate, schedule.Value(0.3, report), 1e-12);
        }

        Assert.InRange(reduced, 3, 200);
    }

    /// <summary>Every real hyperparameter of every rule and transform is driven by a schedule where an attribute says so.</summary>
    [Fact]
    public void Any_hyperparameter_can_be_driven()
    {
        (Type Type, string Hyper)[] all =
        [
            .. typeof(UpdateRule).Assembly.GetTypes()
                .Where(type => !type.IsAbstract && (type.IsSubclassOf(typeof(UpdateRule)) || type.IsSubclassOf(typeof(GradientTransform)) || type.IsSubclassOf(typeof(ParameterTransform)) || type.IsSubclassOf(typeof(Perturbation))))
                .SelectMany(type => type.GetProperties().Where(property => property.PropertyType == typeof(float) && property.GetCustomAttribute<HyperAttribute>() is { Optional: false }), (type, property) => (type, property.Name)),
        ];
        Assert.True(all.Length > 150, "rules have lost their hyperparameters");
        foreach (IGrouping<Type, string> own in all.GroupBy(pair => pair.Type, pair => pair.Hyper))
        {
            bool isRule = own.Key.IsSubclassOf(typeof(UpdateRule)), isAfter = own.Key.IsSubclassOf(typeof(ParameterTransform));
            string link = isRule ? own.Key.Name : Chains.Attribute(own.Key.Name), chain = isRule ? link : isAfter ? "Sgd, " + link : link + ", Sgd";
            string schedules = string.Join(", ", own.Select(hyper => $"LinearDecay(Total = 9, End = 0.5, Drives = \"{hyper}\")"));
            AssertDriven(chain, schedules, own);
        }

        static void AssertDriven(string chain, string schedules, IEnumerable<string> hypers)
        {
            Specs.OptimizerSpec spec = OptimizerSource.ReadValid($"[Optimizer, {chain}, {schedules}] public partial class O;", "O");
            Assert.Equal(hypers, spec.Schedules.Select(schedule => spec.Hypers[schedule.Hyper].Name));
        }
    }

    private static IEnumerable<double> Numbers(Func<int, double> value) => Enumerable.Range(0, Steps).Select(value);

    /// <summary>Each value from the one before it.</summary>
    private static IEnumerable<double> Walk(double first, Func<double, int, double> next)
    {
        double value = first;
        for (int k = 0; k < Steps; k++)
        {
            value = k == 0 ? first : next(value, k);
            yield return value;
        }
    }

    /// <summary>Half a cosine from one value to another: the square of a quarter's.</summary>
    private static double Half(double from, double to, double k, double steps) => to + ((from - to) * Math.Pow(Math.Cos(Math.PI * k / (2 * steps)), 2));

    private static double Zigzag(int k, int half) => (k % (2 * half)) is int place && place <= half ? place / (double)half : (2 - (place / (double)half));

    private static IEnumerable<double> Restarts(double from, double to, int period, int growth)
    {
        int since = 0;
        for (int k = 0; k < Steps; k++, since++)
        {
            if (since == period)
                (since, period) = (0, period * growth);
            yield return Half(from, to, since, period);
        }
    }
}
