using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Normalizes each row's features by their own mean and variance:
/// <code>
/// y = γ · (x − μ) / √(σ² + ε) + β
/// </code>
/// </summary>
/// <param name="axes">How many of the last axes are normalized together, 1 by default.</param>
/// <remarks>Ba, Kiros and Hinton, "Layer normalization", 2016.</remarks>
/// <example><c>[LayerNorm]</c> normalizes the features of each step or row by themselves.</example>
public sealed class LayerNorm(int axes = 1) : Layer
{
    /// <summary>ε, what keeps the divisor from zero; 1e-5 by default.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Whether γ and β are there.</summary>
    public bool Affine { get; init; } = true;

    /// <summary>Whether β is there beside γ.</summary>
    public bool Bias { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Argument.NotNegative(Epsilon, nameof(Epsilon));
        (int[] last, int[] shape) = LastAxes.Of(x, axes);
        Tensor centered = x - Mean(x, last);
        Tensor y = centered / Sqrt(Mean(Square(centered), last) + Epsilon);
        if (!Affine)
            return y;
        Tensor gain = Parameter(shape, ParameterKind.Gain, Init.One, savedName: "weight");
        return Bias ? y * gain + Parameter(shape, ParameterKind.Bias) : y * gain;
    }
}
