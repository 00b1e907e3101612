using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Normalizes each feature (the last axis) by its mean and variance over the rows of the batch and all positions:
/// <code>
/// y = γ · (x − μ) / √(σ² + ε) + β
/// </code>
/// In training μ and σ² are those of the batch, and running averages of them are kept; prediction uses these:
/// <code>
/// μᵣ = (1 − m)μᵣ + mμ        σᵣ² = (1 − m)σᵣ² + m · n/(n − 1) · σ²
/// </code>
/// </summary>
/// <remarks>Ioffe and Szegedy, "Batch normalization", 2015.</remarks>
/// <example><c>[BatchNorm]</c> works behind dense layers and convolutions alike: the features lie on the last axis.</example>
public sealed class BatchNorm : Layer
{
    /// <summary>ε, what keeps the divisor from zero; 1e-5 by default.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Share m of the batch in the running averages, 0.1 by default.</summary>
    public float Momentum { get; init; } = 0.1f;

    /// <summary>Whether γ and β are there.</summary>
    public bool Affine { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Argument.NotNegative(Epsilon, nameof(Epsilon));
        Argument.Share(Momentum, nameof(Momentum));
        int features = x.Shape[^1], positions = 1;
        int[] axes = new int[x.Rank - 1];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            axes[axis] = axis;
            positions *= x.Shape[axis];
        }

        Tensor runningMean = Buffer([features], 0), runningVariance = Buffer([features], 1);
        Tensor mean = runningMean, variance = runningVariance;
        if (IsTraining())
        {
            mean = Reshape(MeanOverBatch(Mean(x, axes)), features);
            variance = Reshape(MeanOverBatch(Mean(Square(x - mean), axes)), features);
            Tensor count = RowCount() * positions;
            Update(runningMean, runningMean + Momentum * (mean - runningMean));
            Update(runningVariance, runningVariance + Momentum * (variance * (count / Maximum(count - 1, 1)) - runningVariance));
        }

        Tensor y = (x - mean) / Sqrt(variance + Epsilon);
        if (!Affine)
            return y;
        Tensor gain = Parameter([features], ParameterKind.Gain, Init.One, savedName: "weight");
        return y * gain + Parameter([features], ParameterKind.Bias);
    }
}
