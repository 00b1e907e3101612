namespace OptGen;

public static partial class Ops
{
    /// <summary>Mean over all elements of all rows of (<paramref name="prediction"/> − <paramref name="target"/>)².</summary>
    /// <remarks>Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", 1805; PyTorch's MSELoss.</remarks>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target) => Mean(Square(prediction - target));
}
