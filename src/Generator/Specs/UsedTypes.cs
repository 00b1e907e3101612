namespace OptGen.Generator.Specs;

/// <summary>The types that emitted code calls by their plain names. A member of such a name would hide the type from the code around it.</summary>
internal static class UsedTypes
{
    public static readonly HashSet<string> Names =
    [
        "AlignedBuffer", "ArgumentException", "Array", "BFloat16", "BitConverter", "BlockLayout", "Blockwise8", "Checkpoint", "Double128", "Double256", "Double512", "Double64",
        "Float128", "Float256", "Float32", "Float512", "GC", "GeneratedCode", "IFloatSimd", "IParallelProgram", "ISimd", "Initializers", "InputCheck", "Interlocked",
        "InvalidOperationException", "Math", "MatrixProduct", "MatrixTile", "Memory", "MemoryMarshal", "MethodImpl", "MethodImplOptions", "OptGen", "OptGenRuntime",
        "Orthogonalization", "ParameterInfo", "ParameterKind", "ParameterView", "Partition", "Philox", "Pinned", "PinnedTensors", "ReadOnlySpan", "RoundingKey", "Scratch", "Segment", "Span",
        "StepPower", "StepRandom", "System", "Unsafe", "WorkerTeam",
    ];
}
