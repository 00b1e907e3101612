using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Normalizes images (positions, then features last) by a learned mixture of the statistics of an instance, a layer and a batch normalization:
/// <code>
/// y = γ · (x − Σₖ wₖμₖ) / √(Σₖ vₖσₖ² + ε) + β        w = softmax(a), v = softmax(b)
/// </code>
/// </summary>
/// <remarks>Luo et al., "Differentiable learning-to-normalize via switchable normalization", 2019.</remarks>
/// <example><c>[SwitchableNorm]</c> learns which statistics suit.</example>
public sealed class SwitchableNorm : Layer
{
    /// <summary>ε, what keeps the divisor from zero; 1e-5 by default.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Share of the batch in the running averages, 0.1 by default.</summary>
    public float Momentum { get; init; } = 0.1f;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Argument.NotNegative(Epsilon, nameof(Epsilon));
        Argument.Share(Momentum, nameof(Momentum));
        if (x.Rank < 2)
            throw new ArgumentException("a feature of a row has no variance without positions");
        int features = x.Shape[^1];
        int[] positions = new int[x.Rank - 1];
        for (int axis = 0; axis < positions.Length; axis++)
            positions[axis] = axis;

        // The moments of larger sets follow from those of the instances: E[x²] = σ² + μ².
        Tensor instanceMean = Mean(x, positions), instanceVariance = Mean(Square(x - instanceMean), positions);
        Tensor moment = instanceVariance + Square(instanceMean);
        Tensor layerMean = Mean(instanceMean, -1), layerVariance = Mean(moment, -1) - Square(layerMean);
        Tensor runningMean = Buffer([features], 0), runningVariance = Buffer([features], 1);
        Tensor batchMean = runningMean, batchVariance = runningVariance;
        if (IsTraining())
        {
            batchMean = Reshape(MeanOverBatch(instanceMean), features);
            batchVariance = Reshape(MeanOverBatch(moment), features) - Square(batchMean);
            Update(runningMean, runningMean + Momentum * (batchMean - runningMean));
            Update(runningVariance, runningVariance + Momentum * (batchVariance - runningVariance));
        }

        Tensor meanLogits = Parameter([3], ParameterKind.Gain, Init.One), varianceLogits = Parameter([3], ParameterKind.Gain, Init.One);
        Tensor w = Softmax(meanLogits), v = Softmax(varianceLogits);
        Tensor mean = Slice(w, 0, 0, 1) * instanceMean + Slice(w, 0, 1, 1) * layerMean + Slice(w, 0, 2, 1) * batchMean;
        Tensor variance = Slice(v, 0, 0, 1) * instanceVariance + Slice(v, 0, 1, 1) * layerVariance + Slice(v, 0, 2, 1) * batchVariance;
        Tensor y = (x - mean) / Sqrt(variance + Epsilon);
        Tensor gain = Parameter([features], ParameterKind.Gain, Init.One, savedName: "weight");
        return y * gain + Parameter([features], ParameterKind.Bias);
    }
}
