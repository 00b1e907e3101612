namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>Gradients of zero: from the start, and after others.</summary>
public class ZeroGradientTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(3, 4), (1, 5), (1, 1)];

    public static TheoryData<string> Rules => [.. RuleTable.All];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Without_a_gradient_nothing_moves(string rule)
    {
        CompiledOptimizer optimizer = RuleTable.WithoutDecay(rule, s_shapes);
        double[] start = RuleTable.Numbers(new Random(1), optimizer.ParameterCount), w = [.. start];
        for (int step = 0; step < 50; step++)
            optimizer.Step<double>(w, new double[w.Length]);
        if (RuleTable.AlwaysShrinks(rule))
            Assert.All(start.Zip(w), pair => Assert.InRange(pair.Second / pair.First, 0.9, 1));
        else
            Assert.Equal(start, w);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Decay_alone_only_shrinks(string rule)
    {
        CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: true, s_shapes);
        double[] start = RuleTable.Numbers(new Random(1), optimizer.ParameterCount), w = [.. start];
        for (int step = 0; step < 50; step++)
            optimizer.Step<double>(w, new double[w.Length]);
        Assert.All(start.Zip(w), pair => Assert.InRange(pair.Second / pair.First, 0.5, 1));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void When_gradients_cease_nothing_explodes(string rule)
    {
        CompiledOptimizer optimizer = RuleTable.WithoutDecay(rule, s_shapes);
        Random random = new(3);
        double[] w = RuleTable.Numbers(random, optimizer.ParameterCount);
        double largest = 0;
        for (int step = 0; step < 300; step++)
        {
            double[] before = [.. w];
            optimizer.Step<double>(w, step < 6 ? RuleTable.Numbers(random, w.Length) : new double[w.Length]);
            double moved = before.Zip(w, (old, now) => Math.Abs(now - old)).Max();
            if (step < 6)
                largest = Math.Max(largest, moved);
            else
                Assert.InRange(moved, 0, RuleTable.StaysWithoutGradient(rule) ? 0 : RuleTable.GrowthWithoutGradient(rule) * largest);
        }

        Assert.True(largest > 0);
    }
}
