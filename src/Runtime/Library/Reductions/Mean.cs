namespace OptGen;

public static partial class Ops
{
    /// <summary>Mean along an axis, which stays with size 1.</summary>
    public static Tensor Mean(Tensor x, int axis) => Sum(x, axis) * (1f / x.Shape[axis < 0 ? x.Rank + axis : axis]);
}
