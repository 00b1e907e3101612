using static OptGen.Generator.Tests.Optimizers.Relations.RelatedRules;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>L1, L2 and decay, against the minima that they have in closed form.</summary>
public class PenaltyTests
{
    private static readonly double[] s_curvature = [1, 2, 1, 4, 1, 2];

    private static readonly double[] s_minimum = [1, -0.5, 0.25, 0.07, -0.31, 0.16];

    [Fact]
    public void L1_finds_the_soft_threshold_and_zeros_are_exact()
    {
        // min ½a(w − c)² + λ|w|: w = sign(c)·max(|c| − λ/a, 0)
        double[] w = Minimum("Sgd, L1(0.3f)");
        for (int i = 0; i < w.Length; i++)
        {
            double expected = Math.Sign(s_minimum[i]) * Math.Max(Math.Abs(s_minimum[i]) - (0.3 / s_curvature[i]), 0);
            if (expected == 0)
                Assert.Equal(0, w[i]);
            else
                Assert.Equal(expected, w[i], 1e-9);
        }

        Assert.Equal(2, w.Count(value => value == 0));
    }

    [Theory]
    [InlineData("L2(0.1f), Sgd")]
    [InlineData("Sgd(WeightDecay = 0.1f)")]
    [InlineData("Sgd, DecoupledDecay(0.1f)")]
    public void L2_finds_the_ridge_solution(string chain)
    {
        // min ½a(w − c)² + ½λw²: w = ac/(a + λ)
        double[] w = Minimum(chain);
        Assert.All(Enumerable.Range(0, w.Length), i => Assert.Equal(s_curvature[i] * s_minimum[i] / (s_curvature[i] + 0.1), w[i], 1e-9));
    }

    [Fact]
    public void Under_Sgd_decay_penalty_and_decoupled_decay_are_one()
    {
        double[][] penalty = Path("L2(0.1f), Sgd");
        AssertSame(penalty, Path("Sgd(WeightDecay = 0.1f)"));
        AssertSame(penalty, Path("Sgd, DecoupledDecay(0.1f)"));
        Assert.True(Distance(penalty, Path("Sgd")) > 1e-3);
    }

    [Fact]
    public void Under_Adam_a_penalty_is_not_decay()
    {
        double[][] penalty = Path("L2(0.1f), Adam"), decay = Path("Adam, DecoupledDecay(0.1f)");
        AssertSame(penalty, Path("Adam(WeightDecay = 0.1f)"));
        Assert.True(Distance(penalty, decay) > 1e-4);

        // Adam divides the penalty by the size of the gradient: where that is large, nothing is left of it. Decay does not look.
        double Shrinkage(string chain, double size)
        {
            double Moved(string of) => Path(of, gradient: (g, _) => g * size)[^1].Zip(Path("Adam", gradient: (g, _) => g * size)[^1], (w, v) => Math.Abs(w - v)).Max();
            return Moved(chain);
        }

        Assert.True(Shrinkage("L2(0.1f), Adam", 1e4) < 1e-2 * Shrinkage("L2(0.1f), Adam", 1));
        Assert.Equal(Shrinkage("Adam, DecoupledDecay(0.1f)", 1), Shrinkage("Adam, DecoupledDecay(0.1f)", 1e4), 1e-7);
    }

    private static double[] Minimum(string chain)
    {
        CompiledOptimizer optimizer = Create(chain, (1, s_minimum.Length));
        optimizer["LearningRate"] = 0.1;
        double[] w = new double[s_minimum.Length], gradients = new double[w.Length];
        for (int step = 0; step < 500; step++)
        {
            for (int i = 0; i < w.Length; i++)
                gradients[i] = s_curvature[i] * (w[i] - s_minimum[i]);
            optimizer.Step<double>(w, gradients);
        }

        return w;
    }
}
