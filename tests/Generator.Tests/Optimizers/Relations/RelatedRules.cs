using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>The chains that tests of relations compare, compiled, and runs of them.</summary>
internal static class RelatedRules
{
    private static readonly CompiledSet s_set = new(
    [
        "Adam(WeightDecay = 0.1f)", "Adam, DecoupledDecay(0.1f)", "L2(0.1f), Adam", "L2(0.1f), Sgd", "Sgd, DecoupledDecay(0.1f)", "Sgd(WeightDecay = 0.1f)", "Sgd, L1(0.3f)",
        "Sgd(Momentum = 0.9f)", "Sgd(Momentum = 0.9f, Nesterov = true)", "RmsProp(Momentum = 0.9f)", "RmsProp(Centered = true)",
        "AdamW, Lookahead", "Sgd, Ema(0.9f)", "Sgd, Swa", "AdamW, Cautious", "AdamW, WeightMask", "Accumulate(1), AdamW", "SkipNonFinite, AdamW",
        "ClipGlobalNorm(1e30f), AdamW", "Centralize, Sgd", "AdamW, ProjectGrowth",
        "RmsPropTF(Momentum = 0.8f, Epsilon = 1e-3f)", "AdaHessian(HessianPower = 0.5f)", "OptimisticAdam(Nesterov = true)", "Sgd(Nesterov = true, Momentum = 0.5f)", "SignSgd(Momentum = 0.9f)",
        "NAdam, DecoupledDecay(0.01f)",
    ]);

    public static (int Rows, int Columns)[] Shapes { get; } = [(3, 5), (1, 19), (1, 1)];

    public static CompiledOptimizer Create(string chain, params (int Rows, int Columns)[] shapes)
    {
        (int Rows, int Columns)[] given = shapes.Length == 0 ? Shapes : shapes;
        return RuleTable.All.Contains(chain)
            ? RuleTable.Create(chain, isDouble: true, given)
            : s_set.Create(chain, isDouble: true, [.. given.Select(shape => (MatrixShape)shape)]);
    }

    /// <summary>Parameters after each of so many steps along gradients that do not depend on them, the same for every chain.</summary>
    public static double[][] Path(string chain, Action<CompiledOptimizer>? set = null, int steps = 20, Func<double, int, double>? gradient = null)
    {
        CompiledOptimizer optimizer = Create(chain);
        set?.Invoke(optimizer);
        Random random = new(11);
        double[] w = RuleTable.Numbers(random, optimizer.ParameterCount);
        return
        [
            .. Enumerable.Range(1, steps).Select(step =>
            {
                double[] gradients = [.. RuleTable.Numbers(random, w.Length).Select(g => gradient is null ? g : gradient(g, step))];
                optimizer.Step<double>(w, gradients);
                return w.ToArray();
            }),
        ];
    }

    public static void AssertSame(double[][] expected, double[][] actual, double tolerance = 1e-13)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.SelectMany(w => w).Zip(actual.SelectMany(w => w)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Assert.NotEqual(expected[0], expected[^1]);
    }

    public static double Distance(double[][] one, double[][] other) => one[^1].Zip(other[^1], (a, b) => Math.Abs(a - b)).Max();
}
