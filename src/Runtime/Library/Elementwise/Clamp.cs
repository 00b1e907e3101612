namespace OptGen;

public static partial class Ops
{
    /// <summary>Every element, moved to the nearer bound where it lies outside of the two.</summary>
    /// <param name="x">What it is applied to, element by element.</param>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound.</param>
    public static Tensor Clamp(Tensor x, float low, float high) => Map(x, value => Math.Clamp(value, low, high));
}
