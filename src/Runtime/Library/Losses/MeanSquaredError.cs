namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Squared error of each element:
    /// <code>
    /// (y − t)²
    /// </code>
    /// </summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">What it should be.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", 1805; PyTorch's MSELoss.</remarks>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Square(prediction - Target.Of(prediction, target)), reduction);
}
