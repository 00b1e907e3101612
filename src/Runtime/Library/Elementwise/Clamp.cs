namespace OptGen;

public static partial class Ops
{
    /// <summary>Every element, moved to the nearer bound where it lies outside of the two.</summary>
    /// <param name="x">What it is applied to, element by element.</param>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound.</param>
    public static Tensor Clamp(Tensor x, float low, float high)
    {
        if (!(low <= high))
            throw new ArgumentException($"nothing lies between {low} and {high}", nameof(low));
        return Map(x, value => Math.Clamp(value, low, high));
    }
}
