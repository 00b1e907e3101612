namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>What a factor on all gradients does to the path: it is a factor on it, or nothing at all.</summary>
public class GradientScaleTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(3, 4), (1, 5)];

    public static TheoryData<string> Rules => [.. RuleTable.All];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_factor_on_gradients_is_one_on_the_path_or_none(string rule)
    {
        // Gradients so large that no ε of a constant size is seen.
        const double Base = 1 << 20, Factor = 1_024;

        int steps = RuleTable.DegreeSteps(rule);
        double[] path = Path(rule, Base, steps), scaled = Path(rule, Base * Factor, steps);
        double expected = Math.Pow(Factor, RuleTable.Degree(rule));
        for (int i = 0; i < path.Length; i++)
        {
            Assert.NotEqual(0, path[i]);
            Assert.Equal(expected, scaled[i] / path[i], 1e-9 * expected);
        }
    }

    [Fact]
    public void AdaDelta_forgets_the_scale_of_gradients_only_as_epsilon_vanishes()
    {
        double[] deviations = [.. new[] { 1e-4, 1e-6, 1e-8 }.Select(epsilon =>
        {
            double[] path = Path(nameof(AdaDelta), 1, 12, epsilon), scaled = Path(nameof(AdaDelta), 1_024, 12, epsilon);
            return path.Zip(scaled, (once, times) => Math.Abs((times / once) - 1)).Max();
        })];
        Assert.True(deviations[0] > 5 * deviations[1] && deviations[1] > 5 * deviations[2] && deviations[2] > 1e-7, string.Join(", ", deviations));
    }

    [Fact]
    public void RAdam_forgets_the_scale_once_it_knows_the_variance()
    {
        double[] path = Path(nameof(RAdam), 1, 12, begins: 6), scaled = Path(nameof(RAdam), 1_024, 12, begins: 6);
        Assert.All(path.Zip(scaled), pair => Assert.Equal(1, pair.Second / pair.First, 1e-9));
    }

    /// <summary>Where the parameters end that begin at zero, where small numbers keep all their digits.</summary>
    private static double[] Path(string rule, double factor, int steps, double epsilon = 1e-30, int begins = 0)
    {
        CompiledOptimizer optimizer = RuleTable.WithoutDecay(rule, s_shapes);
        foreach (string name in new[] { "Epsilon", "Epsilon1" })
            optimizer.Try(name, epsilon);
        optimizer.StepCount = begins;
        Random random = new(2);
        double[] w = new double[optimizer.ParameterCount];
        if (optimizer.Has("Hessian"))
            optimizer.Memory<double>("Hessian").Fill(factor);

        // One that begins at a size of its own is no part of what the factor scales.
        if (rule == nameof(RmsPropTF))
            optimizer.Memory<double>("V").Clear();
        optimizer.Loss *= factor;
        for (int step = 0; step < steps; step++)
            optimizer.Step<double>(w, [.. RuleTable.Numbers(random, w.Length).Select(g => factor * g)]);
        return w;
    }
}
