using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Rules that read the loss, and the transform that learns a factor, against plain loops after the papers that they come from.</summary>
public class LossRuleTests
{
    private const int Count = 12;

    private static readonly CompiledSet s_set = new(
    [
        "PolyakSgd", "PolyakSgd(Positive = true)", "Momo", "Momo(WeightDecay = 0.1f)", "Momo(AdaptBound = true, WeightDecay = 0.1f)", "MomoAdam", "MomoAdam(AdaptBound = true, WeightDecay = 0.1f)",
        "AdamW(LearningRate = 1f), Mechanic", "Sgd(LearningRate = 0.1f), Mechanic",
    ]);

    [Theory]
    [InlineData("PolyakSgd", false)]
    [InlineData("PolyakSgd(Positive = true)", true)]
    public void PolyakSgd_steps_by_the_gap_over_the_squared_gradient(string rule, bool positive)
    {
        int bounded = 0, uphill = 0;
        AssertTrace(rule, (t, w, g, loss) =>
        {
            double gap = loss - 0.3, rate = Math.Min((positive ? Math.Max(gap, 0) : gap) / (Dot(g, g) + 1e-3), 0.05);
            bounded += rate == 0.05 ? 1 : 0;
            uphill += rate < 0 ? 1 : 0;
            for (int i = 0; i < Count; i++)
                w[i] -= 0.7 * rate * g[i];
        }, optimizer => (optimizer["LearningRate"], optimizer["MaxRate"], optimizer["LowerBound"], optimizer["Epsilon"]) = (0.7, 0.05, 0.3, 1e-3));
        Assert.True(bounded is > 2 and < 15, $"{bounded} steps had the largest size");
        Assert.Equal(!positive, uphill > 0);
    }

    [Theory]
    [InlineData("Momo", 0, false)]
    [InlineData("Momo(WeightDecay = 0.1f)", 0.1, false)]
    [InlineData("Momo(AdaptBound = true, WeightDecay = 0.1f)", 0.1, true)]
    public void Momo_steps_down_its_model_to_the_bound(string rule, double decay, bool adapts)
    {
        double[] m = new double[Count];
        double mean = 0, product = 0, bound = 0.1;
        int adaptive = 0, lowered = 0;
        AssertTrace(rule, (t, w, g, loss) =>
        {
            double memory = t == 1 ? 0 : 0.9;
            for (int i = 0; i < Count; i++)
                m[i] = (memory * m[i]) + ((1 - memory) * g[i]);
            mean = (memory * mean) + ((1 - memory) * loss);
            product = (memory * product) + ((1 - memory) * Dot(g, w));
            double shrink = 1 + (0.5 * decay), cap = (shrink * (mean - product)) + Dot(m, w);
            if (adapts && cap < shrink * bound)
            {
                bound = Math.Max(cap / (2 * shrink), 0.1);
                lowered++;
            }

            double polyak = Math.Max((shrink * (mean - bound - product)) + Dot(m, w), 0) / Dot(m, m), rate = Math.Min(0.5, polyak);
            adaptive += rate == 0 || rate == 0.5 ? 0 : 1;
            if (adapts)
                bound = Math.Max(mean + Dot(m, w) - product - (rate * Dot(m, m) / 2), 0.1);
            for (int i = 0; i < Count; i++)
                w[i] = (w[i] - (rate * m[i])) / shrink;
            return bound;
        }, optimizer => (optimizer["LearningRate"], optimizer["LowerBound"]) = (0.5, 0.1), adapts);
        Assert.True(adaptive > 3, $"{adaptive} steps had a size of their own");
        Assert.Equal(adapts, lowered > 0);
    }

    [Theory]
    [InlineData("MomoAdam", 0, false)]
    [InlineData("MomoAdam(AdaptBound = true, WeightDecay = 0.1f)", 0.1, true)]
    public void MomoAdam_does_it_in_the_norm_of_Adam(string rule, double decay, bool adapts)
    {
        double[] m = new double[Count], v = new double[Count];
        double mean = 0, product = 0, bound = 0.1;
        int adaptive = 0, lowered = 0;
        AssertTrace(rule, (t, w, g, loss) =>
        {
            double known = 1 - Math.Pow(0.9, t);
            double[] step = new double[Count];
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.99 * v[i]) + (0.01 * g[i] * g[i]);
                step[i] = m[i] / (Math.Sqrt(v[i] / (1 - Math.Pow(0.99, t))) + 1e-8);
            }

            mean = (0.9 * mean) + (0.1 * loss);
            product = (0.9 * product) + (0.1 * Dot(g, w));
            double shrink = 1 + (0.3 * decay), cap = (shrink * (mean - product)) + Dot(m, w);
            if (adapts && cap < shrink * known * bound)
            {
                bound = Math.Max(cap / (2 * shrink * known), 0.1);
                lowered++;
            }

            double polyak = Math.Max((shrink * (mean - (known * bound) - product)) + Dot(m, w), 0) / Dot(m, step), rate = Math.Min(0.3 / known, polyak);
            adaptive += rate == 0 || rate == 0.3 / known ? 0 : 1;
            if (adapts)
                bound = Math.Max((mean + Dot(m, w) - product - (rate * Dot(m, step) / 2)) / known, 0.1);
            for (int i = 0; i < Count; i++)
                w[i] = (w[i] - (rate * step[i])) / shrink;
            return bound;
        }, optimizer => (optimizer["LearningRate"], optimizer["Beta2"], optimizer["LowerBound"]) = (0.3, 0.99, 0.1), adapts);
        Assert.True(adaptive > 3, $"{adaptive} steps had a size of their own");
        Assert.Equal(adapts, lowered > 0);
    }

    [Fact]
    public void Without_memory_Momo_is_PolyakSgd()
    {
        CompiledOptimizer momo = s_set.Create("Momo", isDouble: true, (3, 4)), polyak = s_set.Create("PolyakSgd(Positive = true)", isDouble: true, (3, 4));
        (momo["Beta"], momo["LearningRate"], polyak["MaxRate"]) = (0, 0.2, 0.2);
        Random random = new(4);
        double[] w = RuleTable.Numbers(random, Count), v = [.. w];
        int bounded = 0;
        for (int step = 0; step < 20; step++)
        {
            double[] g = RuleTable.Numbers(random, Count), before = [.. w];
            momo.Loss = polyak.Loss = random.NextDouble() - 0.2;
            momo.Step<double>(w, g);
            polyak.Step<double>(v, g);
            Assert.All(v.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
            bounded += Math.Abs(before[0] - w[0] - (0.2 * g[0])) < 1e-12 ? 1 : 0;
        }

        Assert.InRange(bounded, 1, 19);
    }

    [Fact]
    public void Mechanic_learns_a_factor_from_six_memories()
    {
        double[] betas = [.. Enumerable.Range(1, 6).Select(k => 1 - Math.Pow(0.1, k))];
        double[] r = new double[6], m = new double[6], v = new double[6], s = [.. Enumerable.Repeat(1e-2, 6)];
        double[]? start = null;
        double learned = 0;
        AssertTrace("Sgd(LearningRate = 0.1f), Mechanic", (t, w, g, _) =>
        {
            start ??= [.. w];
            double factor = s.Sum();
            double[] path = [.. start.Zip(w, (first, now) => (first - now) / (factor + 1e-8))];
            double decay = 0.01 * factor * Math.Sqrt(Dot(g, g)) / (Math.Sqrt(Dot(w, w)) + 1e-8);
            double h = Dot([.. g.Zip(w, (slope, now) => slope + (decay * now))], path);
            for (int k = 0; k < 6; k++)
            {
                r[k] = (betas[k] * r[k]) + (Math.Clamp(h, -m[k], m[k]) * s[k]);
                m[k] = Math.Max(betas[k] * m[k], Math.Abs(h) + 1e-8);
                v[k] = (betas[k] * betas[k] * v[k]) + (h * h);
                s[k] = ((1e-2 / 6 * m[k]) + Math.Max(r[k], 0)) / (Math.Sqrt(v[k]) + 1e-8);
            }

            learned = s.Sum();
            for (int i = 0; i < Count; i++)
                w[i] = start[i] - (learned * (path[i] + (0.1 * g[i])));
        }, optimizer => optimizer["InitialFactor"] = 1e-2, gradient: (value, i) => value + (i % 2 == 0 ? 1 : -1));
        Assert.True(learned > 0.06, $"the factor stayed at {learned}");
    }

    [Fact]
    public void Mechanic_finds_a_learning_rate_that_descends()
    {
        CompiledOptimizer optimizer = s_set.Create("AdamW(LearningRate = 1f), Mechanic", isDouble: true, (1, 3));
        optimizer["WeightDecay"] = 0;
        double[] w = [2, -1, 1], curvature = [1, 3, 10], minimum = [1, 0.5, -0.5];
        double Loss() => w.Select((x, i) => curvature[i] * Math.Pow(x - minimum[i], 2) / 2).Sum();
        double first = Loss();
        for (int step = 0; step < 2_000; step++)
            optimizer.Step<double>(w, [.. w.Select((x, i) => curvature[i] * (x - minimum[i]))]);
        Assert.InRange(Loss(), 0, 1e-3 * first);
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static void AssertTrace(string chain, Action<int, double[], double[], double> loop, Action<CompiledOptimizer> set, Func<double, int, double>? gradient = null) =>
        AssertTrace(chain, (t, w, g, loss) => { loop(t, w, g, loss); return 0; }, set, hasBound: false, gradient);

    /// <summary>Holds each of 40 steps on a matrix against a loop that updates parameters in place and gives the bound on the loss; losses fall, but not always.</summary>
    private static void AssertTrace(
        string chain, Func<int, double[], double[], double, double> loop, Action<CompiledOptimizer> set, bool hasBound, Func<double, int, double>? gradient = null)
    {
        CompiledOptimizer optimizer = s_set.Create(chain, isDouble: true, (3, 4));
        set(optimizer);
        Random random = new(9);
        double[] w = RuleTable.Numbers(random, Count), expected = [.. w];
        for (int t = 1; t <= 40; t++)
        {
            double[] g = [.. RuleTable.Numbers(random, Count, 2).Select((value, i) => gradient?.Invoke(value, i) ?? value)];
            optimizer.Loss = (3.0 / t) + random.NextDouble() - (t > 30 ? 0.6 : 0);
            optimizer.Step<double>(w, g);
            double bound = loop(t, expected, g, optimizer.Loss);
            Assert.All(expected.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
            if (hasBound)
                Assert.Equal(bound, optimizer["Bound"], 1e-11 * Math.Max(1, Math.Abs(bound)));
        }
    }
}
