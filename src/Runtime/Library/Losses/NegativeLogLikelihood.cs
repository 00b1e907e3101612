namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// The logarithm of the right class's probability in each row, with a minus:
    /// <code>
    /// −l[label]
    /// </code>
    /// </summary>
    /// <param name="logProbabilities">Logarithms of probabilities along the last axis, such as a <see cref="LogSoftmax"/>.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>PyTorch's NLLLoss.</remarks>
    public static Tensor NegativeLogLikelihood(Tensor logProbabilities, Labels labels, Reduction reduction = Reduction.Mean) =>
        Reduce(-Sum(Target.OneHot(logProbabilities, labels) * LogProbabilities(logProbabilities), axis: -1), reduction);
}
