using OptGen.Generator.Tests.Optimizers.Conformance;
using static OptGen.Generator.Tests.Optimizers.Relations.RelatedRules;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Rules that become one another when a hyperparameter takes its limit.</summary>
public class RuleRelationTests
{
    /// <summary>A number of steps at which all corrections for the start are 1.</summary>
    private const int Late = 1_000_000;

    [Fact]
    public void AdamW_without_decay_is_Adam() => AssertSame(Path("Adam"), Path("AdamW", optimizer => optimizer["WeightDecay"] = 0));

    [Fact]
    public void Adam_with_decoupled_decay_is_AdamW()
    {
        AssertSame(Path("AdamW", optimizer => optimizer["WeightDecay"] = 0.1), Path("Adam, DecoupledDecay(0.1f)"));
        Assert.True(Distance(Path("Adam"), Path("Adam, DecoupledDecay(0.1f)")) > 1e-4);
    }

    [Theory]
    [InlineData("Sgd(Momentum = 0.9f)")]
    [InlineData("Sgd(Momentum = 0.9f, Nesterov = true)")]
    public void Without_momentum_Sgd_is_plain(string chain)
    {
        AssertSame(Path("Sgd"), Path(chain, optimizer => optimizer["Momentum"] = 0));
        Assert.True(Distance(Path("Sgd"), Path(chain)) > 1e-3);
    }

    [Fact]
    public void RmsProp_without_momentum_is_plain() => AssertSame(Path("RmsProp"), Path("RmsProp(Momentum = 0.9f)", optimizer => optimizer["Momentum"] = 0));

    [Fact]
    public void Centered_RmsProp_is_plain_while_the_mean_is_zero()
    {
        // The gradient's sign alternates so fast that a mean over long times does not see it.
        double Alternating(double g, int step) => step % 2 == 0 ? 1 : -1;
        void Slow(CompiledOptimizer optimizer) => optimizer["Alpha"] = 1 - 1e-7;
        double[][] plain = Path("RmsProp", Slow, gradient: Alternating), centered = Path("RmsProp(Centered = true)", Slow, gradient: Alternating);
        AssertSame(plain, centered, 1e-4);
    }

    [Fact]
    public void AmsGrad_is_Adam_while_the_mean_square_grows()
    {
        double Growing(double g, int step) => (0.5 + Math.Abs(g)) * step * Math.Sign(g);
        double Falling(double g, int step) => g / (step * step);
        AssertSame(Path("Adam", gradient: Growing), Path("AmsGrad", gradient: Growing));
        Assert.True(Distance(Path("Adam", gradient: Falling, steps: 60), Path("AmsGrad", gradient: Falling, steps: 60)) > 1e-5);
    }

    [Fact]
    public void Adan_that_ignores_differences_is_Adam()
    {
        void AsAdan(CompiledOptimizer adam) => (adam["Beta1"], adam["Beta2"]) = (0.98, 0.99);
        AssertSame(Path("Adam", AsAdan), Path("Adan", optimizer => optimizer["Beta2"] = 0));
        AssertSame(Path("Adam", AsAdan, gradient: (_, _) => 0.7), Path("Adan", gradient: (_, _) => 0.7));
        Assert.True(Distance(Path("Adam", AsAdan), Path("Adan")) > 1e-4);
    }

    [Fact]
    public void NAdam_without_a_mean_is_Adam_without_one()
    {
        void Meanless(CompiledOptimizer optimizer) => optimizer["Beta1"] = 0;
        AssertSame(Path("Adam", Meanless), Path("NAdam", optimizer =>
        {
            Meanless(optimizer);
            optimizer["LearningRate"] = 1e-3;
        }));
    }

    [Fact]
    public void NAdamW_is_NAdam_whose_momentum_is_warm()
    {
        AssertSame(
            Path("NAdam, DecoupledDecay(0.01f)", optimizer => (optimizer["MomentumDecay"], optimizer["LearningRate"]) = (1e9, 1e-3)),
            Path("NAdamW"));
        Assert.True(Distance(Path("AdamW"), Path("NAdamW")) > 1e-4);
    }

    [Fact]
    public void AdEMAMix_without_its_slow_mean_is_Adam()
    {
        AssertSame(Path("Adam"), Path("AdEMAMix", optimizer => optimizer["Alpha"] = 0));
        Assert.True(Distance(Path("Adam"), Path("AdEMAMix")) > 1e-6);

        // And with a slow mean that is the fast one, Adam with a rate that counts it twice, once nothing is corrected any more.
        AssertSame(
            Path("Adam", optimizer => (optimizer.StepCount, optimizer["LearningRate"]) = (Late, 3e-3)),
            Path("AdEMAMix", optimizer => (optimizer.StepCount, optimizer["Beta3"], optimizer["Alpha"]) = (Late, 0.9, 2)));
    }

    [Fact]
    public void SimplifiedAdEMAMix_of_no_extra_weight_is_Adam_with_a_larger_rate() => AssertSame(
        Path("Adam", optimizer => (optimizer.StepCount, optimizer["Beta1"], optimizer["Beta2"], optimizer["LearningRate"]) = (Late, 0.99, 0.95, 1e-3)),
        Path("SimplifiedAdEMAMix", optimizer => optimizer.StepCount = Late));

    [Fact]
    public void Without_a_mean_LaProp_is_Adam_and_Mars_is_Adam_of_short_gradients()
    {
        void Meanless(CompiledOptimizer optimizer) => (optimizer["Beta1"], optimizer["LearningRate"], optimizer["Epsilon"]) = (0, 1e-3, 1e-8);
        AssertSame(Path("Adam", Meanless), Path("LaProp", Meanless));
        AssertSame(
            Path("Adam", optimizer => (optimizer["Beta2"], optimizer["LearningRate"]) = (0.99, 3e-3), gradient: (g, _) => 0.1 * g),
            Path("Mars", optimizer => optimizer["Gamma"] = 0, gradient: (g, _) => 0.1 * g));
        Assert.True(Distance(Path("Adam", optimizer => (optimizer["Beta2"], optimizer["LearningRate"]) = (0.99, 3e-3)), Path("Mars")) > 1e-4);
    }

    [Fact]
    public void Without_optimism_optimistic_rules_are_plain()
    {
        void Plain(CompiledOptimizer optimizer) => optimizer["Beta"] = 0;
        AssertSame(Path("Sgd"), Path("OptimisticGradientDescent", Plain));
        AssertSame(Path("Adam"), Path("OptimisticAdam", Plain));
        AssertSame(Path("NAdamW", optimizer => optimizer["WeightDecay"] = 0), Path("OptimisticAdam(Nesterov = true)", Plain));

        // Where nothing changes there is nothing to expect.
        AssertSame(Path("Sgd", gradient: (_, _) => 0.3), Path("OptimisticGradientDescent", gradient: (_, _) => 0.3));
    }

    [Fact]
    public void Optimism_settles_a_game_in_which_descent_goes_outwards()
    {
        // min over x, max over y of xy: the gradients are y and −x.
        double Radius(string rule)
        {
            CompiledOptimizer optimizer = Create(rule, (1, 2));
            optimizer["LearningRate"] = 0.1;
            double[] w = [1, 1];
            for (int step = 0; step < 2_000; step++)
                optimizer.Step<double>(w, [w[1], -w[0]]);
            return Math.Sqrt((w[0] * w[0]) + (w[1] * w[1]));
        }

        Assert.True(Radius("Sgd") > 1e3);
        Assert.InRange(Radius("OptimisticGradientDescent"), 0, 1e-3);
    }

    [Fact]
    public void Without_momentum_SignSgd_takes_the_sign_of_the_gradient() =>
        AssertSame(Path("SignSgd"), Path("SignSgd(Momentum = 0.9f)", optimizer => optimizer["Momentum"] = 0));

    [Fact]
    public void Fromage_changes_each_tensor_by_its_rate_relative_to_its_norm()
    {
        // With a gradient at a right angle to the weights the norm stays, to any length of step.
        CompiledOptimizer optimizer = Create("Fromage", (1, 2), (1, 2));
        optimizer["LearningRate"] = 0.25;
        double[] w = [3, 4, 0, 1e-3];
        for (int step = 0; step < 10; step++)
        {
            double[] before = [.. w];
            optimizer.Step<double>(w, [-w[1], w[0], -1e6 * w[3], 1e6 * w[2]]);
            Assert.Equal(5, Math.Sqrt((w[0] * w[0]) + (w[1] * w[1])), 1e-12);
            Assert.Equal(1e-3, Math.Sqrt((w[2] * w[2]) + (w[3] * w[3])), 1e-15);
            Assert.Equal(Math.Atan(0.25), Math.Acos(((w[0] * before[0]) + (w[1] * before[1])) / 25), 1e-7);
        }
    }

    [Fact]
    public void NAdam_of_a_constant_gradient_takes_Nesterovs_share_of_it()
    {
        // Where the momentum has stopped to grow: m = (1 − βᵗ)g, and v corrected is g².
        double[][] path = Path("NAdam", optimizer => (optimizer["MomentumDecay"], optimizer["Epsilon"]) = (1e9, 0), gradient: (_, _) => -0.3);
        for (int t = 2; t <= path.Length; t++)
        {
            double power = Math.Pow(0.9, t), share = (0.1 / (1 - power)) + (0.9 * (1 - power) / (1 - (power * 0.9)));
            Assert.Equal(2e-3 * share, path[t - 1][0] - path[t - 2][0], 1e-13);
        }
    }

    [Fact]
    public void RAdam_is_Adam_in_the_end() =>
        AssertSame(Path("Adam", optimizer => optimizer.StepCount = Late), Path("RAdam", optimizer => optimizer.StepCount = Late));

    [Fact]
    public void RAdam_begins_along_the_corrected_mean()
    {
        double[][] path = Path("RAdam", gradient: (g, _) => g, steps: 6), adam = Path("Adam", steps: 6);
        Random random = new(11);
        double[] w = RuleTable.Numbers(random, path[0].Length), m = new double[w.Length];
        for (int t = 1; t <= 5; t++)
        {
            double[] gradients = RuleTable.Numbers(random, w.Length);
            for (int i = 0; i < w.Length; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * gradients[i]);
                w[i] -= 1e-3 * m[i] / (1 - Math.Pow(0.9, t));
                Assert.Equal(w[i], path[t - 1][i], 1e-13);
            }
        }

        Assert.True(Distance(path, adam) > 1e-4);
    }

    [Fact]
    public void Without_averaging_a_schedule_free_rule_is_the_rule_below_it()
    {
        AssertSame(Path("Sgd"), Path("ScheduleFreeSgd", optimizer => (optimizer["Momentum"], optimizer["LearningRate"]) = (0, 0.01)));
        AssertSame(
            Path("Adam", optimizer => optimizer["Beta1"] = 0),
            Path("ScheduleFreeAdamW", optimizer => (optimizer["Beta1"], optimizer["LearningRate"]) = (0, 1e-3)));
    }

    [Fact]
    public void With_averaging_alone_a_schedule_free_rule_is_the_mean_of_the_path()
    {
        double[][] plain = Path("Sgd"), averaged = Path("ScheduleFreeSgd", optimizer => (optimizer["Momentum"], optimizer["LearningRate"]) = (1, 0.01));
        for (int t = 1; t <= plain.Length; t++)
        {
            for (int i = 0; i < plain[0].Length; i++)
                Assert.Equal(plain.Take(t).Average(w => w[i]), averaged[t - 1][i], 1e-13);
        }
    }

    [Fact]
    public void Lamb_without_decay_is_Adam_and_with_it_moves_by_its_share_of_each_tensor()
    {
        AssertSame(Path("Adam", optimizer => optimizer["Epsilon"] = 1e-6), Path("Lamb", optimizer => optimizer["WeightDecay"] = 0));
        double[][] path = Path("Lamb");
        foreach (Range tensor in new[] { 0..15, 15..34, 34..35 })
        {
            double[] before = path[^2][tensor], after = path[^1][tensor];
            Assert.Equal(1e-3, Norm([.. after.Zip(before, (now, old) => now - old)]) / Norm(before), 1e-12);
        }
    }

    [Fact]
    public void Lars_without_decay_is_momentum_and_with_it_trusts_the_ratio_of_norms()
    {
        AssertSame(Path("Sgd(Momentum = 0.9f)"), Path("Lars", optimizer => (optimizer["WeightDecay"], optimizer["LearningRate"]) = (0, 0.01)));

        // Decay too small to be seen switches trust on: the first step of each tensor is η·τ·‖w‖ long, however long the gradient.
        foreach (double factor in new[] { 1.0, 1e3 })
        {
            double[][] path = Path("Lars", optimizer => (optimizer["WeightDecay"], optimizer["Momentum"]) = (1e-30, 0), gradient: (g, _) => factor * g);
            foreach (Range tensor in new[] { 0..15, 15..34, 34..35 })
            {
                double[] before = path[^2][tensor], after = path[^1][tensor];
                Assert.Equal(0.1 * 1e-3, Norm([.. after.Zip(before, (now, old) => now - old)]) / Norm(before), 1e-10);
            }
        }
    }

    [Fact]
    public void Lion_without_memory_is_SignSgd() =>
        AssertSame(Path("SignSgd", optimizer => optimizer["LearningRate"] = 1e-4), Path("Lion", optimizer => optimizer["Beta1"] = 0));

    [Fact]
    public void RmsProp_is_Adam_without_mean_and_corrections() =>
        AssertSame(
            Path("Adam", optimizer => (optimizer["Beta1"], optimizer["Beta2"], optimizer["LearningRate"], optimizer.StepCount) = (0, 0.99, 0.01, Late)),
            Path("RmsProp", optimizer => optimizer.StepCount = Late));

    [Fact]
    public void A_transform_that_has_nothing_to_do_changes_nothing()
    {
        double[][] plain = Path("AdamW");
        Assert.Equal(plain, Path("Accumulate(1), AdamW"));
        Assert.Equal(plain, Path("SkipNonFinite, AdamW"));
        AssertSame(plain, Path("ClipGlobalNorm(1e30f), AdamW"));
    }

    private static double Norm(double[] vector) => Math.Sqrt(vector.Sum(value => value * value));
}
