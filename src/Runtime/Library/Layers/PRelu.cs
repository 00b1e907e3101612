using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Rectified linear unit with learned slopes below 0:
/// <code>
/// y = x for x &gt; 0, else a·x
/// </code>
/// </summary>
/// <remarks>He et al., "Delving deep into rectifiers", 2015.</remarks>
/// <example><c>[PRelu]</c> has one slope for each feature.</example>
public sealed class PRelu : Layer
{
    /// <summary>Whether there is one slope for all features instead of one for each.</summary>
    public bool Shared { get; init; }

    /// <summary>What the slopes are at first, 0.25 by default.</summary>
    public float Slope { get; init; } = 0.25f;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Tensor slope = Parameter([Shared ? 1 : x.Shape[^1]], ParameterKind.Gain, Init.Constant, Slope, savedName: "weight");
        return Map(x, slope, (value, factor) => value > 0 ? value : factor * value);
    }
}
