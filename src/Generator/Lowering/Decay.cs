using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>To which parameters the hyperparameters marked as decay apply.</summary>
internal static class Decay
{
    public static bool IsDecayedKind(ParameterKind kind) => kind == ParameterKind.Weight;

    /// <summary>The last group that covers the parameter and says something about decay decides; else its kind does.</summary>
    public static bool AppliesTo(OptimizerSpec optimizer, ParameterSpec parameter) =>
        optimizer.Groups.LastOrDefault(group => group.Decay is not null && group.Covers(parameter))?.Decay ?? IsDecayedKind(parameter.Kind);
}
