namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>Every rule under a schedule, over micro-batches, and with bounded gradients is the rule alone with that done by hand.</summary>
public class WrappedRuleTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(3, 5), (1, 19), (1, 1)];

    public static TheoryData<string> Rules => [.. RuleTable.All];

    public static TheoryData<string, string> Bounds =>
    [
        .. RuleTable.All.SelectMany(_ => WrappedRules.Bounds, (rule, bound) => new TheoryDataRow<string, string>(rule, bound)),
    ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_schedule_drives_the_rate_that_is_used_at_every_step(string rule)
    {
        CompiledOptimizer driven = WrappedRules.Create(rule, s_shapes), set = RuleTable.Create(rule, isDouble: true, s_shapes), constant = RuleTable.Create(rule, isDouble: true, s_shapes);
        Random random = new(1);
        double[] w = RuleTable.Numbers(random, driven.ParameterCount), v = [.. w], u = [.. w];
        double initial = driven["LearningRate"];

        // So large that the rate is what bounds steps, and not the loss.
        driven.Loss = set.Loss = constant.Loss = 1e4;
        for (int step = 0; step < 12; step++)
        {
            double[] gradients = RuleTable.Numbers(random, w.Length);
            double rate = WrappedRules.Rate(initial, step);
            Assert.Equal(rate, driven["CurrentLearningRate"]);
            set["LearningRate"] = rate;
            driven.Step<double>(w, gradients);
            set.Step<double>(v, gradients);
            constant.Step<double>(u, gradients);
            Assert.Equal(v, w);
        }

        // Two rules use the rate in their first step alone.
        Assert.Equal(rule is nameof(Rprop) or nameof(Quickprop), u.SequenceEqual(w));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Micro_batches_are_one_batch_of_their_mean(string rule)
    {
        CompiledOptimizer accumulating = WrappedRules.Create(rule, s_shapes), whole = RuleTable.Create(rule, isDouble: true, s_shapes);
        Random random = new(2);
        double[] w = RuleTable.Numbers(random, whole.ParameterCount), v = [.. w];
        double initial = whole["LearningRate"];
        accumulating["MicroBatches"] = 3;
        for (int update = 0; update < 5; update++)
        {
            double[][] parts = [.. Enumerable.Range(0, 3).Select(_ => RuleTable.Numbers(random, w.Length))];
            double[] before = [.. w];
            for (int part = 0; part < 3; part++)
            {
                Assert.Equal(before, w);
                accumulating.Loss = 0.5 + (part * part * 0.3);
                accumulating.Step<double>(w, parts[part]);
                Assert.Equal(part < 2, accumulating["IsHeld"] != 0);
            }

            // The schedule counts updates, not micro-batches.
            whole["LearningRate"] = WrappedRules.Rate(initial, update);
            whole.Loss = (0.5 + 0.8 + 1.7) / 3;
            whole.Step<double>(v, [.. Enumerable.Range(0, w.Length).Select(i => (parts[0][i] + parts[1][i] + parts[2][i]) / 3)]);
            Assert.All(v.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
            Assert.Equal(update + 1, accumulating.StepCount);
        }
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Bounded_gradients_are_those_bounded_by_hand(string rule, string bound)
    {
        const double Bound = 0.3;
        CompiledOptimizer clipped = WrappedRules.Create(rule, s_shapes), plain = RuleTable.Create(rule, isDouble: true, s_shapes);
        Random random = new(3);
        double[] w = RuleTable.Numbers(random, plain.ParameterCount), v = [.. w];
        double initial = plain["LearningRate"];
        clipped[bound] = Bound;
        int bounded = 0;
        for (int step = 0; step < 6; step++)
        {
            // The last step's gradients are within every bound.
            double[] gradients = RuleTable.Numbers(random, w.Length, step == 5 ? 0.01 : 1), byHand = Clip(gradients, bound, Bound);
            bounded += gradients.SequenceEqual(byHand) ? 0 : 1;
            plain["LearningRate"] = WrappedRules.Rate(initial, step);
            clipped.Step<double>(w, gradients);
            plain.Step<double>(v, byHand);
            Assert.All(v.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }

        Assert.Equal(5, bounded);
    }

    private static double[] Clip(double[] gradients, string bound, double value)
    {
        if (bound == "Limit")
            return [.. gradients.Select(g => Math.Clamp(g, -value, value))];
        int[] lengths = bound == "MaxNorm" ? [gradients.Length] : [.. s_shapes.Select(shape => shape.Rows * shape.Columns)];
        List<double> result = [];
        foreach (int length in lengths)
        {
            double[] own = [.. gradients.Skip(result.Count).Take(length)];
            double factor = Math.Min(1, value / (Math.Sqrt(own.Sum(g => g * g)) + 1e-6));
            result.AddRange(own.Select(g => g * factor));
        }

        return [.. result];
    }
}
