namespace OptGen;

public static partial class Ops
{
    /// <summary>Mean over all elements of all rows of (<paramref name="prediction"/> − <paramref name="target"/>)².</summary>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target) => Mean(Square(prediction - target));
}
