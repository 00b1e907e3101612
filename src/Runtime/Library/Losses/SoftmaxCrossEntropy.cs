namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cross-entropy between softmax(<paramref name="logits"/>) and integer labels, for each row:
    /// <code>
    /// log Σⱼ exp(xⱼ) − x[label]
    /// </code>
    /// The largest logit of each row is subtracted first, so that nothing overflows.
    /// </summary>
    /// <param name="logits">One number per class along the last axis.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="reduction">Mean or sum over the rows; the mean by default.</param>
    /// <remarks>Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990; PyTorch's CrossEntropyLoss.</remarks>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Labels labels, Reduction reduction = Reduction.Mean)
    {
        Tensor shifted = Logits(logits) - StopGradient(Max(logits, axis: -1));
        Tensor logSum = Log(Sum(Exp(shifted), axis: -1));
        Tensor right = Sum(Target.OneHot(logits, labels) * shifted, axis: -1);
        return Reduce(logSum - right, reduction);
    }

    /// <summary>
    /// Cross-entropy between softmax(<paramref name="logits"/>) and probabilities of the classes, for each row:
    /// <code>
    /// −Σⱼ tⱼ · log softmax(x)ⱼ
    /// </code>
    /// </summary>
    /// <param name="logits">One number per class along the last axis.</param>
    /// <param name="target">The probability that each class should have.</param>
    /// <param name="reduction">Mean or sum over the rows; the mean by default.</param>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(-Sum(Target.Of(logits, target) * LogSoftmax(Logits(logits)), axis: -1), reduction);
}
