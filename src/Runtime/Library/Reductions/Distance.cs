namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Euclidean distance between vectors along the last axis, which stays with size 1. It is at least 1e-6, which keeps the gradient finite where the vectors are equal.
    /// <code>
    /// √Σ(a − b)²
    /// </code>
    /// </summary>
    public static Tensor Distance(Tensor a, Tensor b) => Map(Sum(Square(a - b), -1), square => MathF.Sqrt(MathF.Max(square, 1e-12f)));
}
