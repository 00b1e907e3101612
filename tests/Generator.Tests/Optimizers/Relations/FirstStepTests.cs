using OptGen.Generator.Tests.Optimizers.Conformance;
using static OptGen.Generator.Tests.Optimizers.Relations.RelatedRules;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Steps of rules that have a closed form of their own.</summary>
public class FirstStepTests
{
    private static readonly double[] s_gradients = [3, -0.02, 1e-4, -70];

    [Theory]
    [InlineData("Adam", 1e-3, 1e-3)]
    [InlineData("AmsGrad", 1e-3, 1e-3)]
    [InlineData("Adamax", 2e-3, 1e-3)]
    [InlineData("Adan", 1e-3, 1e-3)]
    [InlineData("AdaGrad", 0.01, 1e-5)]
    [InlineData("Rprop", 0.01, 0)]
    [InlineData("SignSgd", 1e-3, 0)]
    [InlineData("Lion", 1e-4, 0)]
    public void The_first_step_is_as_long_as_the_rate_whatever_the_gradient(string rule, double rate, double tolerance)
    {
        double[] w = First(rule);
        for (int i = 0; i < w.Length; i++)
            Assert.Equal(-rate * Math.Sign(s_gradients[i]), w[i], (tolerance * rate) + 1e-18);
    }

    [Fact]
    public void RmsProp_begins_with_steps_that_its_memory_lengthens()
    {
        double[] w = First("RmsProp");
        Assert.All(w.Zip(s_gradients), pair => Assert.Equal(-0.01 * pair.Second / (Math.Sqrt(0.01) * Math.Abs(pair.Second) + 1e-8), pair.First, 1e-12));
    }

    [Fact]
    public void Prodigy_begins_with_its_first_estimate_of_the_distance()
    {
        // m = (1 − β₁)dg, √v = √(1 − β₂)d|g|, and nothing is learned from a step that was not taken yet.
        double[] w = First("Prodigy");
        for (int i = 0; i < w.Length; i++)
        {
            double g = s_gradients[i], d = 1e-6;
            Assert.Equal(-d * 0.1 * d * g / ((Math.Sqrt(1e-3) * d * Math.Abs(g)) + (d * 1e-8)), w[i], 1e-12 * d);
        }
    }

    [Fact]
    public void Prodigys_estimate_of_the_distance_grows_to_that_of_the_minimum()
    {
        CompiledOptimizer optimizer = Create("Prodigy", (1, 2));
        double[] w = [0, 0];
        double last = 0;
        for (int step = 0; step < 500; step++)
        {
            optimizer.Step<double>(w, [w[0] - 3, w[1] + 4]);
            Assert.True(optimizer["Distance"] >= last);
            last = optimizer["Distance"];
        }

        // It is a lower bound of the distance in the largest norm, up to a constant.
        Assert.InRange(last, 0.4, 8);
        Assert.Equal(3, w[0], 0.2);
        Assert.Equal(-4, w[1], 0.2);
    }

    [Fact]
    public void Sophia_never_moves_further_than_its_rate_and_is_Newton_like_where_curvature_is_large()
    {
        CompiledOptimizer optimizer = Create("Sophia", (1, 4));
        optimizer["WeightDecay"] = 0;
        optimizer["Every"] = 1;
        Span<double> hessian = optimizer.Memory<double>("Hessian");
        new double[] { 1e9, 1e9, 0, -5 }.CopyTo(hessian);
        double[] w = new double[4];
        double m = 0, h = 0;
        for (int t = 1; t <= 30; t++)
        {
            double[] before = [.. w];
            optimizer.Step<double>(w, [2, -2, 1e-5, 1e-5]);
            (m, h) = ((0.965 * m) + (0.035 * 2), (0.99 * h) + (0.01 * 1e9));
            Assert.Equal(-1e-4 * m / (0.01 * h), w[0] - before[0], 1e-15);
            Assert.Equal(w[0], -w[1], 1e-18);
            Assert.All(before.Zip(w), pair => Assert.InRange(Math.Abs(pair.Second - pair.First), 1e-16, 1e-4 * (1 + 1e-9)));
            Assert.Equal(-1e-4, w[2] - before[2], 1e-12);
            Assert.Equal(-1e-4, w[3] - before[3], 1e-12);
        }
    }

    [Fact]
    public void Adafactor_of_one_row_keeps_the_second_moment_of_each_element()
    {
        CompiledOptimizer optimizer = Create("Adafactor", (1, 23));
        Random random = new(4);
        double[] w = RuleTable.Numbers(random, 23), expected = [.. w], v = new double[23];
        for (int t = 1; t <= 15; t++)
        {
            double[] g = RuleTable.Numbers(random, 23), u = new double[23];
            optimizer.Step<double>(w, g);
            double fresh = Math.Pow(t, -0.8);
            for (int i = 0; i < 23; i++)
            {
                v[i] += fresh * ((g[i] * g[i]) - v[i]);
                u[i] = g[i] / Math.Sqrt(v[i]);
            }

            double length = Math.Sqrt(u.Average(x => x * x)), size = Math.Sqrt(expected.Average(x => x * x));
            for (int i = 0; i < 23; i++)
            {
                expected[i] -= Math.Max(1e-3, size) * Math.Min(0.01, 1 / Math.Sqrt(t)) / Math.Max(1, length) * u[i];
                Assert.Equal(expected[i], w[i], 1e-12);
            }
        }
    }

    [Fact]
    public void Adafactor_of_a_matrix_whose_squares_are_a_product_keeps_them_exactly()
    {
        // g² = r·cᵀ is what rows and columns tell of it, so the step is as if each element had a second moment of its own.
        double[] r = [1, 4, 0.25], c = [0.5, 2, 1, 3];
        double[] g = [.. r.SelectMany(row => c, (row, column) => Math.Sqrt(row * column) * (row + column > 3 ? -1 : 1))];
        CompiledOptimizer optimizer = Create("Adafactor", (3, 4));
        double[] w = new double[12];
        optimizer.Step<double>(w, g);
        Assert.All(w.Zip(g), pair => Assert.Equal(-1e-3 * 0.01 * Math.Sign(pair.Second), pair.First, 1e-15));
    }

    [Fact]
    public void NovoGrad_divides_by_the_norm_of_the_tensor()
    {
        CompiledOptimizer optimizer = Create("NovoGrad", (1, 2), (2, 1));
        double[] w = new double[4];
        optimizer.Step<double>(w, [3, 4, 0, -1e-3]);
        Assert.Equal([-0.6e-3, -0.8e-3, 0, 1e-3], w.Select(value => Math.Round(value, 7)));
    }

    private static double[] First(string rule)
    {
        CompiledOptimizer optimizer = Create(rule, (1, s_gradients.Length));
        RuleTable.ForgoDecay(optimizer);
        double[] w = new double[s_gradients.Length];
        optimizer.Step<double>(w, s_gradients);
        return w;
    }
}
