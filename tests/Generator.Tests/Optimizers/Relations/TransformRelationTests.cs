using OptGen.Generator.Tests.Optimizers.Conformance;
using static OptGen.Generator.Tests.Optimizers.Relations.RelatedRules;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>What transforms of parameters and gradients do where it can be said in closed form.</summary>
public class TransformRelationTests
{
    [Fact]
    public void Lookahead_that_looks_one_step_ahead_and_goes_there_is_the_rule()
    {
        AssertSame(Path("AdamW"), Path("AdamW, Lookahead", optimizer => (optimizer["LookaheadSteps"], optimizer["LookaheadShare"]) = (1, 1)), 1e-15);
        Assert.True(Distance(Path("AdamW"), Path("AdamW, Lookahead")) > 1e-4);
    }

    [Fact]
    public void Lookahead_goes_back_the_share_that_it_does_not_go()
    {
        double[][] plain = Path("AdamW", optimizer => optimizer["WeightDecay"] = 0), slow = Path("AdamW, Lookahead", optimizer => optimizer["WeightDecay"] = 0);

        // These gradients do not depend on the parameters, so both take the same steps, and half of five is lost at every fifth.
        double[] start = RuleTable.Numbers(new Random(11), plain[0].Length);
        for (int t = 1; t <= plain.Length; t++)
        {
            for (int i = 0; i < start.Length; i++)
            {
                double met = t / 5 == 0 ? start[i] : plain[(t / 5 * 5) - 1][i];
                Assert.Equal(start[i] + ((met - start[i]) / 2) + (plain[t - 1][i] - met), slow[t - 1][i], 1e-13);
            }
        }
    }

    [Fact]
    public void The_average_of_constant_steps_lags_as_its_closed_form_says()
    {
        CompiledOptimizer optimizer = Create("Sgd, Ema(0.9f)", (1, 1));
        double[] w = [2];
        for (int t = 1; t <= 100; t++)
        {
            optimizer.Step<double>(w, [3]);
            Assert.Equal(2 - (0.03 * t), w[0], 1e-13);
            Assert.Equal(w[0] + (0.03 * 0.9 * (1 - Math.Pow(0.9, t)) / 0.1), optimizer.State("Average")[0], 1e-13);
        }
    }

    [Fact]
    public void Stochastic_weight_averaging_is_the_mean_of_every_kth_point_from_its_start_on()
    {
        double[][] path = Path("Sgd");
        foreach ((int start, int every) in new[] { (1, 1), (4, 1), (3, 5), (20, 2) })
        {
            CompiledOptimizer optimizer = Create("Sgd, Swa");
            (optimizer["AverageStart"], optimizer["AverageEvery"]) = (start, every);
            Random random = new(11);
            double[] w = RuleTable.Numbers(random, optimizer.ParameterCount);
            for (int t = 1; t <= path.Length; t++)
            {
                optimizer.Step<double>(w, RuleTable.Numbers(random, w.Length));
                Assert.Equal(path[t - 1], w);
                double[][] counted = [.. Enumerable.Range(start, Math.Max(0, t - start + 1)).Where(step => (step - start) % every == 0).Select(step => path[step - 1])];
                double[] average = optimizer.State("Average");
                for (int i = 0; i < w.Length; i++)
                    Assert.Equal(counted.Length == 0 ? w[i] : counted.Average(point => point[i]), average[i], 1e-13);
            }
        }
    }

    [Fact]
    public void Cautious_changes_nothing_while_steps_and_gradients_agree()
    {
        void NoDecay(CompiledOptimizer optimizer) => optimizer["WeightDecay"] = 0;
        AssertSame(
            Path("AdamW", NoDecay, gradient: (_, step) => step % 3 + 0.5),
            Path("AdamW, Cautious", NoDecay, gradient: (_, step) => step % 3 + 0.5),
            1e-15);
    }

    [Fact]
    public void Cautious_moves_only_downhill_and_further_there()
    {
        // After ten steps one way, the gradient of the first of four elements turns: the mean still points the old way.
        CompiledOptimizer cautious = Create("AdamW, Cautious", (1, 4)), plain = Create("AdamW", (1, 4));
        cautious["WeightDecay"] = plain["WeightDecay"] = 0;
        double[] w = [1, 1, 1, 1], v = [1, 1, 1, 1];
        for (int step = 0; step < 10; step++)
        {
            cautious.Step<double>(w, [1, 1, -1, 1]);
            plain.Step<double>(v, [1, 1, -1, 1]);
        }

        double[] before = [.. w], beforePlain = [.. v];
        cautious.Step<double>(w, [-0.5, 1, -1, 1]);
        plain.Step<double>(v, [-0.5, 1, -1, 1]);
        Assert.Equal(before[0], w[0]);
        Assert.NotEqual(beforePlain[0], v[0]);
        for (int i = 1; i < 4; i++)
            Assert.Equal(4.0 / 3 * (v[i] - beforePlain[i]), w[i] - before[i], 1e-14);
    }

    [Fact]
    public void Masked_weights_are_exactly_zero_and_the_others_as_without_a_mask()
    {
        CompiledOptimizer masked = Create("AdamW, WeightMask"), plain = Create("AdamW");
        Span<double> mask = masked.Memory<double>("Mask");
        for (int i = 0; i < mask.Length; i += 3)
            mask[i] = 0;
        Random random = new(5);
        double[] w = RuleTable.Numbers(random, masked.ParameterCount), v = [.. w];
        for (int step = 0; step < 20; step++)
        {
            double[] gradients = RuleTable.Numbers(random, w.Length);
            masked.Step<double>(w, gradients);
            plain.Step<double>(v, gradients);
            for (int i = 0; i < w.Length; i++)
                Assert.Equal(i % 3 == 0 ? 0L : BitConverter.DoubleToInt64Bits(v[i]), BitConverter.DoubleToInt64Bits(w[i]));
        }
    }

    [Fact]
    public void Centralized_gradients_leave_the_mean_of_each_unit_where_it_was()
    {
        CompiledOptimizer optimizer = Create("Centralize, Sgd", (4, 3), (1, 3));
        double[] start = RuleTable.Numbers(new Random(6), 15), w = [.. start];
        double[] gradients = RuleTable.Numbers(new Random(7), 15);
        optimizer.Step<double>(w, gradients);
        for (int column = 0; column < 3; column++)
        {
            double Mean(double[] values) => Enumerable.Range(0, 4).Average(row => values[(3 * row) + column]);
            Assert.Equal(Mean(start), Mean(w), 1e-14);
            Assert.NotEqual(start[column], w[column]);
            Assert.Equal(start[12 + column] - (0.01 * gradients[12 + column]), w[12 + column], 1e-14);
        }
    }

    [Fact]
    public void Projected_steps_do_not_grow_weights_whose_scale_means_nothing()
    {
        // The gradient is orthogonal to each column, as before a normalization; momentum is not.
        CompiledOptimizer projected = Create("AdamW, ProjectGrowth", (2, 2)), plain = Create("AdamW", (2, 2));
        projected["WeightDecay"] = plain["WeightDecay"] = 0;
        double[] w = [1, 0, 0, 1], v = [1, 0, 0, 1];
        for (int step = 0; step < 50; step++)
        {
            projected.Step<double>(w, [-w[2], w[3], w[0], -w[1]]);
            plain.Step<double>(v, [-v[2], v[3], v[0], -v[1]]);
        }

        double Growth(double[] x) => (x[0] * x[0]) + (x[2] * x[2]) - 1;
        Assert.InRange(Growth(w), 0, 1e-4);
        Assert.InRange(Math.Abs(Growth(v)), 1e-2, 1);
    }
}
