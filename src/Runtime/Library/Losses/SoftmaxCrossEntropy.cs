namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cross-entropy between softmax(<paramref name="logits"/>) and integer labels, averaged over the rows.
    /// <code>
    /// L = mean over the rows of (log Σⱼ exp(xⱼ) − x of the label)
    /// </code>
    /// The largest logit of each row is subtracted first, so that nothing overflows.
    /// </summary>
    /// <param name="logits">One number per class along the last axis.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <remarks>Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990; PyTorch's CrossEntropyLoss.</remarks>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Labels labels)
    {
        Tensor shifted = logits - StopGradient(Max(logits, axis: -1));
        Tensor logSum = Log(Sum(Exp(shifted), axis: -1));
        Tensor right = Sum(OneHot(labels, logits.Shape[^1]) * shifted, axis: -1);
        return Mean(logSum - right);
    }
}
