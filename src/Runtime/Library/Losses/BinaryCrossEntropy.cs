namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cross-entropy of each element between two probabilities; logarithms are bounded by −100. On logits, <see cref="BinaryCrossEntropyWithLogits"/> is exact.
    /// <code>
    /// −t·log y − (1 − t)·log(1 − y)
    /// </code>
    /// </summary>
    /// <param name="prediction">A probability for each.</param>
    /// <param name="target">What it should be.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>PyTorch's BCELoss.</remarks>
    public static Tensor BinaryCrossEntropy(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Map(prediction, Target.Of(prediction, target), (y, t) => -t * MathF.Max(MathF.Log(y), -100) - (1 - t) * MathF.Max(MathF.Log(1 - y), -100)), reduction);
}
