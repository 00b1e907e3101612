namespace OptGen;

public static partial class Ops
{
    /// <summary>The elements of each row along one axis, in row-major order.</summary>
    public static Tensor Flatten(Tensor x) => Reshape(x, -1);
}
