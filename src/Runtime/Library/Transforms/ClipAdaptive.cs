namespace OptGen;

/// <summary>
/// Adaptive clipping: for each unit, the gradient's norm is at most a share of the norm of its weights.
/// <code>
/// g = g · min(1, c · max(‖w‖, ε) / ‖g‖)
/// </code>
/// Norms are those of a column: the weights that lead into one unit.
/// </summary>
/// <param name="share">The share c.</param>
/// <remarks>Brock et al., "High-performance large-scale image recognition without normalization", 2021.</remarks>
/// <example><c>[ClipAdaptive(0.01f)]</c> lets no unit change by much more than a hundredth of its weights.</example>
[Chain(ChainPosition.Clip)]
public sealed class ClipAdaptive(float share) : GradientTransform
{
    /// <summary>The share c, often 0.01.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Share { get; set; } = share;

    /// <summary>ε, the least norm of weights; 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LeastNorm { get; set; } = 1e-3f;

    /// <summary>The squared norm of a unit.</summary>
    [Reduce(Over.Column)]
    public float SumOfSquares(float x) => x * x;

    /// <summary>The scaled gradient.</summary>
    [Apply]
    public float Scale(float g, float w)
    {
        float slope = MathF.Sqrt(SumOfSquares(g)), size = MathF.Max(MathF.Sqrt(SumOfSquares(w)), LeastNorm);
        return g * MathF.Min(1, Share * size / MathF.Max(slope, 1e-6f));
    }
}
