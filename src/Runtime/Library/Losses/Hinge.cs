namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// For targets of −1 and 1: how far each element falls short of a margin of 1 on its side.
    /// <code>
    /// max(0, 1 − t·y)
    /// </code>
    /// </summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">What it should be.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Cortes and Vapnik, "Support-vector networks", 1995.</remarks>
    public static Tensor Hinge(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Map(prediction, Target.Of(prediction, target), (y, t) => MathF.Max(0, 1 - t * y)), reduction);
}
