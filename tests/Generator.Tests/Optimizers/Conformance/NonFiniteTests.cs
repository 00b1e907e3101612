namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>A gradient that is not a number does harm where it is, and none elsewhere; with <c>[SkipNonFinite]</c>, none at all.</summary>
public class NonFiniteTests
{
    private const int Bad = 17;

    private static readonly (int Rows, int Columns)[] s_shapes = [(3, 5), (1, 19), (4, 4)];

    /// <summary>Those that leave a tensor to itself.</summary>
    public static TheoryData<string> LocalRules => [.. RuleTable.All.Where(rule => !RuleTable.ReducesEverything(rule))];

    public static TheoryData<string, double> Values =>
    [
        .. RuleTable.All.SelectMany(rule => new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }, (rule, value) => new TheoryDataRow<string, double>(rule, value)),
    ];

    [Theory]
    [MemberData(nameof(LocalRules))]
    public void A_NaN_stays_where_it_is(string rule)
    {
        double[] clean = Run(rule, poisoned: false), poisoned = Run(rule, poisoned: true);

        // What shares a tensor shares its norm.
        Range reach = RuleTable.IsElementwise(rule) ? Bad..(Bad + 1) : 15..34;
        Assert.Equal(clean[..reach.Start], poisoned[..reach.Start]);
        Assert.Equal(clean[reach.End..], poisoned[reach.End..]);
        Assert.False(double.IsFinite(poisoned[Bad]) && poisoned[Bad] == clean[Bad], "the NaN left no trace");
        Assert.All(clean, w => Assert.True(double.IsFinite(w)));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_skipped_step_never_happened(string rule, double value)
    {
        CompiledOptimizer skipping = WrappedRules.Create(rule, s_shapes), clean = WrappedRules.Create(rule, s_shapes);
        Random random = new(5);
        double[] w = RuleTable.Numbers(random, skipping.ParameterCount), v = [.. w];
        for (int step = 0; step < 8; step++)
        {
            double[] gradients = RuleTable.Numbers(random, w.Length);
            if (step % 3 == 1)
            {
                byte[] before = Without(skipping, "SkippedSteps");
                double[] bad = [.. gradients], untouched = [.. w];
                bad[Bad] = value;
                skipping.Step<double>(w, bad);
                Assert.Equal(1 + (step / 3), skipping["SkippedSteps"]);
                Assert.Equal(untouched, w);
                Assert.Equal(before, Without(skipping, "SkippedSteps"));
                continue;
            }

            skipping.Step<double>(w, gradients);
            clean.Step<double>(v, gradients);
        }

        Assert.Equal(5, skipping.StepCount);
        Assert.Equal(v, w);
    }

    /// <summary>All that the optimizer keeps, but one number.</summary>
    private static byte[] Without(CompiledOptimizer optimizer, string state)
    {
        double kept = optimizer[state];
        optimizer[state] = 0;
        byte[] all = optimizer.Save();
        optimizer[state] = kept;
        return all;
    }

    private static double[] Run(string rule, bool poisoned)
    {
        CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: true, s_shapes);
        Random random = new(4);
        double[] w = RuleTable.Numbers(random, optimizer.ParameterCount);
        for (int step = 0; step < 6; step++)
        {
            double[] gradients = RuleTable.Numbers(random, w.Length);
            if (poisoned && step == 2)
                gradients[Bad] = double.NaN;
            optimizer.Step<double>(w, gradients);
        }

        return w;
    }
}
