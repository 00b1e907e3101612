namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>
/// Every rule, compiled in double precision within a chain of all that can stand before it, and driven by a schedule. Each stage passes everything on until it is set to
/// do something, so that one compiled chain serves the tests of all.
/// </summary>
internal static class WrappedRules
{
    private static readonly CompiledSet s_set = new([.. RuleTable.All.Select(Chain)]);

    /// <summary>Properties that bound gradients: each element, the norm of each tensor, and the joint norm.</summary>
    public static string[] Bounds { get; } = ["Limit", "MaxTensorNorm", "MaxNorm"];

    public static CompiledOptimizer Create(string rule, params (int Rows, int Columns)[] shapes) =>
        s_set.Create(Chain(rule), isDouble: true, [.. shapes.Select(shape => (MatrixShape)shape)]);

    /// <summary>What the schedule makes of a rate at an update.</summary>
    public static double Rate(double initial, int update) => initial * Math.Pow(0.5, update / 3);

    private static string Chain(string rule) =>
        $"SkipNonFinite, Accumulate(1), ClipValue(1e30f), ClipTensorNorm(1e30f), ClipGlobalNorm(1e30f), {rule}, StepDecay(Every = 3, Factor = 0.5)";
}
