namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>Every rule, compiled in double precision within the chains that a rule must work in.</summary>
internal static class WrappedRules
{
    private const double Unbounded = 1e30;

    private static readonly CompiledSet s_set = new([.. RuleTable.All.SelectMany(rule => new[] { GuardedChain(rule), ClippedChain(rule) })]);

    /// <summary>Driven by a schedule, over three micro-batches, unless that is changed, without those that are not finite.</summary>
    public static CompiledOptimizer Guarded(string rule, params (int Rows, int Columns)[] shapes) => Create(GuardedChain(rule), shapes);

    /// <summary>Bounded in one of three ways: by <c>Limit</c>, <c>MaxTensorNorm</c> or <c>MaxNorm</c>.</summary>
    public static CompiledOptimizer Clipped(string rule, string bound, double value, params (int Rows, int Columns)[] shapes)
    {
        CompiledOptimizer optimizer = Create(ClippedChain(rule), shapes);
        foreach (string name in new[] { "Limit", "MaxTensorNorm", "MaxNorm" })
            optimizer[name] = name == bound ? value : Unbounded;
        return optimizer;
    }

    private static CompiledOptimizer Create(string chain, (int Rows, int Columns)[] shapes) =>
        s_set.Create(chain, isDouble: true, [.. shapes.Select(shape => (MatrixShape)shape)]);

    /// <summary>What the schedule makes of a rate at an update.</summary>
    public static double Rate(double initial, int update) => initial * Math.Pow(0.5, update / 3);

    private static string GuardedChain(string rule) => $"SkipNonFinite, Accumulate(3), {rule}, StepDecay(Every = 3, Factor = 0.5)";

    private static string ClippedChain(string rule) => $"ClipValue(1), ClipTensorNorm(1), ClipGlobalNorm(1), {rule}";
}
