namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cross-entropy of each element between a sigmoid of the prediction and a probability, in a form that is exact for large logits:
    /// <code>
    /// −t·log σ(x) − (1 − t)·log(1 − σ(x)) = max(x, 0) − x·t + log(1 + exp(−|x|))
    /// </code>
    /// </summary>
    /// <param name="logits">What the sigmoid is applied to.</param>
    /// <param name="target">A probability for each.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>PyTorch's BCEWithLogitsLoss.</remarks>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Map(Logits(logits), Target.Of(logits, target), (x, t) => MathF.Max(x, 0) - x * t + MathF.Log(1 + MathF.Exp(-MathF.Abs(x)))), reduction);
}
