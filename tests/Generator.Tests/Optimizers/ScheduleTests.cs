using System.Reflection;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Golden;

namespace OptGen.Generator.Tests.Optimizers;

public class ScheduleTests
{
    /// <summary>The reference's cases with the schedule that each is of.</summary>
    public static TheoryData<string, Schedule> GoldenCases => new()
    {
        { "MultiStep", new MultiStepDecay { Milestones = [5, 12, 30], Factor = 0.3 } },
        { "Exponential", new ExponentialDecay { Factor = 0.93 } },
        { "Polynomial", new PolynomialDecay { Total = 30, Power = 2 } },
        { "InverseTime", new InverseTime() },
        { "InverseTimeSquared", new InverseTimeSquared() },
        { "CosineWarmRestarts", new CosineWarmRestarts { Period = 5, Growth = 2, Minimum = 0.001 } },
        { "LinearWarmup", new LinearWarmup { Warmup = 10, Start = 0.1 } },
        { "CyclicTriangular", new Cyclic { HalfPeriod = 6, Minimum = 0.01 } },
        { "CyclicTriangular2", new Cyclic { HalfPeriod = 6, Minimum = 0.01, Decay = 0.5 } },
        { "OneCycle", new OneCycle { Total = 40 } },
        { "Step", new StepDecay { Every = 7, Factor = 0.5 } },
        { "Cosine", new CosineDecay { Total = 30, Minimum = 0.001 } },
        { "Cosine", new WarmupCosine { Total = 30, Minimum = 0.001 } },
    };

    [Theory]
    [MemberData(nameof(GoldenCases), DisableDiscoveryEnumeration = true)]
    public void A_schedule_gives_the_rates_of_PyTorch(string name, Schedule schedule)
    {
        ScheduleCase golden = GoldenFile.Layers.Schedules.Single(candidate => candidate.Name == name);
        AssertRates(golden.LearningRates, schedule, golden.Options.TryGetValue("maximum", out var maximum) ? maximum.GetDouble() : golden.BaseLearningRate);
    }

    [Fact]
    public void Every_schedule_of_the_reference_is_compared() => Assert.Equal(
        GoldenFile.Layers.Schedules.Select(schedule => schedule.Name).Order(),
        GoldenCases.Select(row => row.Data.Item1).Append("ReduceOnPlateau").Distinct().Order());

    [Fact]
    public void Restarts_of_equal_length_come_at_every_period()
    {
        CosineWarmRestarts schedule = new() { Period = 7 };
        Assert.All(Enumerable.Range(0, 50), step => Assert.Equal(schedule.Value(1, step % 7), schedule.Value(1, step), 1e-12));
    }

    [Fact]
    public void WarmupCosine_follows_its_closed_form()
    {
        WarmupCosine schedule = new() { Warmup = 10, Total = 110, Minimum = 0.02 };
        Assert.Equal(0.01, schedule.Value(0.1, 0), 1e-15);
        Assert.Equal(0.1, schedule.Value(0.1, 9), 1e-15);
        Assert.Equal(0.1, schedule.Value(0.1, 10), 1e-15);
        Assert.Equal(0.06, schedule.Value(0.1, 60), 1e-15);
        Assert.Equal(0.02, schedule.Value(0.1, 110));
        Assert.Equal(0.02, schedule.Value(0.1, int.MaxValue));
    }

    [Fact]
    public void A_schedule_is_created_by_an_expression_that_means_the_same_in_every_culture()
    {
        const string Source = """
            namespace My
            {
                public enum Form { Linear, Square = -2 }

                public sealed class Odd(double slope, string name, params int[] knots) : Schedule
                {
                    public Form Form { get; init; }
                    public Type? Kind { get; init; }
                    public long Seed { get; init; }
                    public override double Value(double initial, int step) => initial;
                }

                [Optimizer, AdamW]
                [StepDecay(Every = 7, Factor = 0.25f, Drives = "Beta1")]
                [Odd(-0.5, "a\"b", 1, 2, Form = Form.Square, Kind = typeof(Odd), Seed = 3)]
                public partial class O;
            }
            """;
        EquatableArray<ScheduleSpec> schedules = OptimizerSource.ReadValid(Source, "My.O").Schedules;

        Assert.Equal(
            [
                new ScheduleSpec("StepDecay", "global::OptGen.StepDecay", "new global::OptGen.StepDecay { Every = 7, Factor = 0.25d, Drives = \"Beta1\" }", 1, 0, false),
                new ScheduleSpec(
                    "Odd",
                    "global::My.Odd",
                    "new global::My.Odd(-0.5d, \"a\\\"b\", new int[] { 1, 2 }) { Form = (global::My.Form)(-2), Kind = typeof(global::My.Odd), Seed = 3L }",
                    0,
                    0,
                    false),
            ],
            schedules);
    }

    [Fact]
    public void ReduceOnPlateau_gives_the_rates_of_PyTorch_and_resumes_from_its_state()
    {
        ScheduleCase golden = GoldenFile.Layers.Schedules.Single(schedule => schedule.Name == "ReduceOnPlateau");
        ReduceOnPlateau schedule = new() { Patience = 3 };
        for (int step = 0; step < golden.LearningRates.Length; step++)
        {
            Assert.Equal(golden.LearningRates[step], schedule.Value(golden.BaseLearningRate, step), golden.LearningRates[step] * 1e-12);
            bool reduced = schedule.Report(golden.Metrics![step]);
            Assert.Equal(step + 1 < golden.LearningRates.Length ? golden.LearningRates[step + 1] < golden.LearningRates[step] : reduced, reduced);

            ReduceOnPlateau resumed = new() { Patience = 3 };
            resumed.SetState(schedule.GetState());
            Assert.Equal(schedule.GetState(), resumed.GetState());
            schedule = resumed;
        }
    }

    [Fact]
    public void ReduceOnPlateau_waits_after_a_reduction_stops_at_its_minimum_and_can_forget()
    {
        ReduceOnPlateau schedule = new() { Factor = 0.5, Patience = 0, Cooldown = 2, Minimum = 0.3, Maximize = true };
        bool[] reduced = [.. new double[] { 1, 1, 1, 1, 1, 2, double.NaN }.Select(schedule.Report)];

        // The best is 1; the second report is bad, two more are not judged, the fifth is bad again, its two successors are not judged.
        Assert.Equal([false, true, false, false, true, false, false], reduced);
        Assert.Equal((2.0, 2), (schedule.Best, schedule.Reductions));
        Assert.Equal(0.3, schedule.Value(1, 0));
        Assert.Equal(0.1, schedule.Value(0.1, 0));
        schedule.Reset();
        Assert.Equal(new ReduceOnPlateau().GetState(), schedule.GetState());
        Assert.Throws<ArgumentException>(() => schedule.SetState([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => schedule.SetState([1, -2, 3, 4]));
        Assert.Throws<ArgumentException>(() => new StepDecay { Every = 1 }.SetState([1]));
    }

    [Fact]
    public void ReduceOnPlateau_takes_no_overflow_for_the_best_loss()
    {
        ReduceOnPlateau schedule = new() { Patience = 1, Factor = 0.5 };
        double[] losses = [double.PositiveInfinity, 3, double.NegativeInfinity, 2, double.NaN, 2];
        Assert.Equal([false, false, false, false, false, true], losses.Select(schedule.Report));
        Assert.Equal(2, schedule.Best);
    }

    /// <summary>Points of closed forms on a rate of 1.</summary>
    public static TheoryData<Schedule, int, double> Points => new()
    {
        { new Constant { Factor = 0.25 }, 17, 0.25 },
        { new LinearDecay { Total = 10, End = 0.2 }, 0, 1 },
        { new LinearDecay { Total = 10, End = 0.2 }, 5, 0.6 },
        { new LinearDecay { Total = 10, End = 0.2 }, 11, 0.2 },
        { new CosineDecay { Total = 10, Minimum = 0.5 }, 5, 0.75 },
        { new CosineDecay { Total = 10, Minimum = 0.5 }, int.MaxValue, 0.5 },
        { new NaturalExponentialDecay { Speed = 0.1 }, 20, Math.Exp(-2) },
        { new InverseSquareRoot { Warmup = 4 }, 0, 0.25 },
        { new InverseSquareRoot { Warmup = 4 }, 3, 1 },
        { new InverseSquareRoot { Warmup = 4 }, 15, 0.5 },
        { new InverseSquareRoot(), 3, 0.5 },
        { new Cyclic { HalfPeriod = 3, DecayPerStep = 0.9 }, 9, Math.Pow(0.9, 9) },
        { new Cyclic { HalfPeriod = 3, DecayPerStep = 0.9, Minimum = 0.4 }, 12, 0.4 },
        { new WarmupStableDecay { Warmup = 4, Total = 20, Decay = 8 }, 0, 0.25 },
        { new WarmupStableDecay { Warmup = 4, Total = 20, Decay = 8 }, 3, 1 },
        { new WarmupStableDecay { Warmup = 4, Total = 20, Decay = 8 }, 12, 1 },
        { new WarmupStableDecay { Warmup = 4, Total = 20, Decay = 8, Minimum = 0.1 }, 14, 0.775 },
        { new WarmupStableDecay { Warmup = 4, Total = 20, Decay = 8, Power = 0.5 }, 14, 0.5 },
        { new WarmupStableDecay { Warmup = 4, Total = 20, Decay = 8 }, 1_000_000, 0 },
        { new OneCycleMomentum { Total = 21, Fall = 0.3, Minimum = 0.8 }, 0, 1 },
        { new OneCycleMomentum { Total = 40, Fall = 0.5, Minimum = 0.8 }, 19, 0.8 },
        { new OneCycleMomentum { Total = 40, Fall = 0.5, Minimum = 0.8 }, 29, 0.9 },
        { new OneCycleMomentum { Total = 40, Fall = 0.5, Minimum = 0.8 }, 100, 1 },
        { new OneCycle { Total = 4, Rise = 0.25 }, 0, 1 },
        { new LinearWarmup { Warmup = 10 }, 5, 0.5 },
    };

    [Theory]
    [MemberData(nameof(Points), DisableDiscoveryEnumeration = true)]
    public void A_schedule_follows_its_closed_form(Schedule schedule, int step, double expected)
    {
        schedule.Validate();
        Assert.Equal(expected, schedule.Value(1, step), 1e-12);
    }

    [Fact]
    public void A_warm_up_a_constant_and_a_fall_joined_are_WarmupStableDecay()
    {
        WarmupStableDecay whole = new() { Warmup = 5, Total = 30, Decay = 10 };
        LinearWarmup rise = new() { Warmup = 5, Start = 0 };
        LinearDecay fall = new() { Total = 10, From = 20 };
        for (int step = 0; step < 40; step++)
            Assert.Equal(whole.Value(0.3, step), step >= fall.From ? fall.At(0.3, step) : rise.At(0.3, step + 1), 1e-15);
    }

    [Fact]
    public void Until_it_begins_a_schedule_leaves_the_value_alone_and_then_counts_from_there()
    {
        StepDecay schedule = new() { Every = 2, Factor = 0.5, From = 3 };
        Assert.Equal([1, 1, 1, 1, 1, 0.5, 0.5, 0.25], Enumerable.Range(0, 8).Select(step => schedule.At(1, step)));
    }

    public static TheoryData<Type> Library =>
        [.. typeof(Schedule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Schedule))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Library))]
    public void A_schedule_is_a_function_of_the_step_alone(Type type)
    {
        Schedule schedule = (Schedule)Activator.CreateInstance(type)!;
        IEnumerable<PropertyInfo> own = type.GetProperties().Where(property => property.DeclaringType == type && property.SetMethod?.IsPublic == true);
        foreach (PropertyInfo property in own)
        {
            if (property.PropertyType == typeof(int))
                property.SetValue(schedule, property.Name == "Total" ? 30 : 10);
            else if (property.PropertyType == typeof(int[]))
                property.SetValue(schedule, new[] { 10 });
            else if (property.PropertyType == typeof(double) && (double)property.GetValue(schedule)! == (property.Name == "Factor" ? 1 : 0))
                property.SetValue(schedule, 0.05);
        }

        schedule.Validate();
        int[] steps = [0, 1, 9, 10, 11, 100, 1_000_000];
        double[] forwards = [.. steps.Select(step => schedule.Value(0.1, step))];
        double[] backwards = [.. steps.Reverse().Select(step => schedule.Value(0.1, step))];
        Assert.Equal(forwards, backwards.Reverse());
        Assert.All(forwards, rate => Assert.InRange(rate, 0, 1));
        Assert.True(forwards.Append(0.1).Distinct().Count() > 1 || schedule is ReduceOnPlateau, "It never changes the rate.");
    }

    /// <summary>Every number of a schedule has a bound below; a schedule that accepts any number would divide by zero some day.</summary>
    [Theory]
    [MemberData(nameof(Library))]
    public void A_schedule_refuses_numbers_that_make_no_sense(Type type)
    {
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.SetMethod?.IsPublic == true && property.PropertyType is { IsPrimitive: true } and not { Name: "Boolean" }))
        {
            Schedule schedule = (Schedule)Activator.CreateInstance(type)!;
            foreach (PropertyInfo count in type.GetProperties().Where(count => count.PropertyType == typeof(int) && count.SetMethod?.IsPublic == true))
                count.SetValue(schedule, count.Name == "Total" ? 30 : 10);
            property.SetValue(schedule, Convert.ChangeType(-1, property.PropertyType, null));
            ArgumentException refused = Assert.ThrowsAny<ArgumentException>(schedule.Validate);
            Assert.Contains(property.Name, refused.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertRates(double[] expected, Schedule schedule, double initial)
    {
        for (int step = 0; step < expected.Length; step++)
            Assert.Equal(expected[step], schedule.Value(initial, step), Math.Max(expected[step], 1e-3) * 1e-12);
    }
}
