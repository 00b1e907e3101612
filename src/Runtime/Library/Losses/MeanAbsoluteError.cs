namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Absolute error of each element, which far-off targets sway less than the squared one:
    /// <code>
    /// |y − t|
    /// </code>
    /// </summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">What it should be.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Laplace, "Mémoire sur la probabilité des causes par les événements", 1774; PyTorch's L1Loss.</remarks>
    public static Tensor MeanAbsoluteError(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Abs(prediction - Target.Of(prediction, target)), reduction);
}
