namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Squared error of a sigmoid of the prediction, for each element. Its gradient vanishes where the sigmoid saturates, right or wrong; cross-entropy does not have that flaw.
    /// <code>
    /// (σ(x) − t)²
    /// </code>
    /// </summary>
    /// <param name="logits">What the sigmoid is applied to.</param>
    /// <param name="target">What its result should be.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.</remarks>
    public static Tensor LogisticMeanSquaredError(Tensor logits, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Square(Sigmoid(Logits(logits)) - Target.Of(logits, target)), reduction);
}
