namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cosine of the angle between vectors along the last axis, which stays with size 1; products of lengths below 1e-8 count as that.
    /// <code>
    /// a·b / (‖a‖‖b‖)
    /// </code>
    /// </summary>
    public static Tensor CosineSimilarity(Tensor a, Tensor b)
    {
        Tensor lengths = Sqrt(Map(Sum(Square(a), -1), Sum(Square(b), -1), (x, y) => MathF.Max(x * y, 1e-16f)));
        return Sum(a * b, -1) / lengths;
    }
}
