namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cross-entropy between a softmax of logits and integer labels in which rows that are predicted well count less:
    /// <code>
    /// −(1 − p)^γ · log p        p = softmax(x)[label]
    /// </code>
    /// </summary>
    /// <param name="logits">One number per class along the last axis.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="gamma">How much less, γ; 2 by default.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Lin et al., "Focal loss for dense object detection", 2017.</remarks>
    public static Tensor FocalCrossEntropy(Tensor logits, Labels labels, float gamma = 2, Reduction reduction = Reduction.Mean)
    {
        Argument.NotNegative(gamma, nameof(gamma));
        Tensor log = Sum(Target.OneHot(logits, labels) * LogSoftmax(Logits(logits)), axis: -1);
        return Reduce(Map(log, l => -MathF.Pow(-Expm1(l), gamma) * l), reduction);
    }
}
