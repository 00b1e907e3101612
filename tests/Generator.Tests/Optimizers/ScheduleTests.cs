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
    };

    [Theory]
    [MemberData(nameof(GoldenCases), DisableDiscoveryEnumeration = true)]
    public void A_schedule_gives_the_rates_of_PyTorch(string name, Schedule schedule)
    {
        ScheduleCase golden = GoldenFile.Layers.Schedules.Single(candidate => candidate.Name == name);
        AssertRates(golden.LearningRates, schedule, golden.Options.TryGetValue("maximum", out var maximum) ? maximum.GetDouble() : golden.BaseLearningRate);
    }

    [Fact]
    public void Restarts_of_equal_length_come_at_every_period()
    {
        CosineWarmRestarts schedule = new() { Period = 7 };
        Assert.All(Enumerable.Range(0, 50), step => Assert.Equal(schedule.Value(1, step % 7), schedule.Value(1, step), 1e-12));
    }

    [Fact]
    public void StepDecay_gives_the_rates_of_PyTorch()
    {
        ScheduleCase golden = GoldenFile.Layers.Schedules.Single(schedule => schedule.Name == "Step");
        StepDecay schedule = new() { Every = golden.Options["step_size"].GetInt32(), Factor = (float)golden.Options["gamma"].GetDouble() };

        AssertRates(golden.LearningRates, schedule, golden.BaseLearningRate);
    }

    [Fact]
    public void WarmupCosine_without_warm_up_gives_the_rates_of_PyTorch_until_its_end()
    {
        ScheduleCase golden = GoldenFile.Layers.Schedules.Single(schedule => schedule.Name == "Cosine");
        int total = golden.Options["total"].GetInt32();
        WarmupCosine schedule = new() { Total = total, Minimum = golden.Options["minimum"].GetDouble() };

        AssertRates(golden.LearningRates[..Math.Min(total, golden.LearningRates.Length)], schedule, golden.BaseLearningRate);
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
                new ScheduleSpec("StepDecay", "global::OptGen.StepDecay", "new global::OptGen.StepDecay { Every = 7, Factor = 0.25d, Drives = \"Beta1\" }", 1),
                new ScheduleSpec(
                    "Odd",
                    "global::My.Odd",
                    "new global::My.Odd(-0.5d, \"a\\\"b\", new int[] { 1, 2 }) { Form = (global::My.Form)(-2), Kind = typeof(global::My.Odd), Seed = 3L }",
                    0),
            ],
            schedules);
    }

    private static void AssertRates(double[] expected, Schedule schedule, double initial)
    {
        for (int step = 0; step < expected.Length; step++)
            Assert.Equal(expected[step], schedule.Value(initial, step), Math.Max(expected[step], 1e-3) * 1e-12);
    }
}
