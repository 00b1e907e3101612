namespace OptGen.Generator;

/// <summary>Names of the generator's steps, by which tests see which of them ran.</summary>
internal static class TrackingNames
{
    public const string ReadModel = nameof(ReadModel);
    public const string ReadUnboundOptimizer = nameof(ReadUnboundOptimizer);
    public const string ReadBoundOptimizer = nameof(ReadBoundOptimizer);
    public const string ReadDefinition = nameof(ReadDefinition);
    public const string WriteDefinitions = nameof(WriteDefinitions);
    public const string NamesAlike = nameof(NamesAlike);
    public const string Model = nameof(Model);
    public const string UnboundOptimizer = nameof(UnboundOptimizer);
    public const string BoundOptimizer = nameof(BoundOptimizer);
    public const string CompileModel = nameof(CompileModel);
    public const string CompileUnboundOptimizer = nameof(CompileUnboundOptimizer);
    public const string CompileBoundOptimizer = nameof(CompileBoundOptimizer);
}
