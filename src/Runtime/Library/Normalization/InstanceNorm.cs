using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Normalizes each feature (the last axis) of each row by its mean and variance over the row's positions:
/// <code>
/// y = γ · (x − μ) / √(σ² + ε) + β
/// </code>
/// </summary>
/// <remarks>Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016.</remarks>
/// <example><c>[InstanceNorm]</c> normalizes each channel of each image by itself.</example>
public sealed class InstanceNorm : Layer
{
    /// <summary>ε, what keeps the divisor from zero; 1e-5 by default.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Whether γ and β are there.</summary>
    public bool Affine { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Argument.NotNegative(Epsilon, nameof(Epsilon));
        if (x.Rank < 2)
            throw new ArgumentException("a feature of a row has no variance without positions");
        int features = x.Shape[^1];
        int[] positions = new int[x.Rank - 1];
        for (int axis = 0; axis < positions.Length; axis++)
            positions[axis] = axis;
        Tensor centered = x - Mean(x, positions);
        Tensor y = centered / Sqrt(Mean(Square(centered), positions) + Epsilon);
        if (!Affine)
            return y;
        Tensor gain = Parameter([features], ParameterKind.Gain, Init.One, savedName: "weight");
        return y * gain + Parameter([features], ParameterKind.Bias);
    }
}
