namespace OptGen;

public static partial class Ops
{
    /// <summary>Mean along an axis, which stays with size 1.</summary>
    /// <param name="x">What is averaged.</param>
    /// <param name="axis">Number of the axis; negative ones count from the end.</param>
    public static Tensor Mean(Tensor x, int axis) => Sum(x, axis) * (1f / x.Shape[axis < 0 ? x.Rank + axis : axis]);
}
