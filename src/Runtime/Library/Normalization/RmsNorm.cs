using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Divides each row's features by their root mean square:
/// <code>
/// y = γ · x / √(mean(x²) + ε)
/// </code>
/// </summary>
/// <param name="axes">How many of the last axes are normalized together, 1 by default.</param>
/// <remarks>Zhang and Sennrich, "Root mean square layer normalization", 2019.</remarks>
/// <example><c>[RmsNorm]</c> is a layer normalization without means.</example>
public sealed class RmsNorm(int axes = 1) : Layer
{
    /// <summary>ε, what keeps the divisor from zero; 1e-6 by default.</summary>
    public float Epsilon { get; init; } = 1e-6f;

    /// <summary>Whether γ is there.</summary>
    public bool Affine { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Argument.NotNegative(Epsilon, nameof(Epsilon));
        (int[] last, int[] shape) = LastAxes.Of(x, axes);
        Tensor y = x / Sqrt(Mean(Square(x), last) + Epsilon);
        if (!Affine)
            return y;
        Tensor gain = Parameter(shape, ParameterKind.Gain, Init.One, savedName: "weight");
        return y * gain;
    }
}
