namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// The Huber loss divided by its threshold, so that its slope far from the target is 1:
    /// <code>
    /// ½(y − t)²/β for |y − t| &lt; β, else |y − t| − ½β
    /// </code>
    /// </summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">What it should be.</param>
    /// <param name="beta">The distance β from which on it is linear, 1 by default.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Girshick, "Fast R-CNN", 2015.</remarks>
    public static Tensor SmoothL1(Tensor prediction, Tensor target, float beta = 1, Reduction reduction = Reduction.Mean)
    {
        Argument.Positive(beta, nameof(beta));
        return Reduce(Map(prediction - Target.Of(prediction, target), d => MathF.Abs(d) < beta ? 0.5f * d * d / beta : MathF.Abs(d) - 0.5f * beta), reduction);
    }
}
