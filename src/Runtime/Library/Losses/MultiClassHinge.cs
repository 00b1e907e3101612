namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// By how much other classes come within a margin of the right one, in the mean over all classes, for each row:
    /// <code>
    /// 1/C · Σ_{i ≠ y} max(0, m − x_y + xᵢ)
    /// </code>
    /// </summary>
    /// <param name="scores">One number per class along the last axis.</param>
    /// <param name="labels">The right class y of each row.</param>
    /// <param name="margin">The margin m, 1 by default.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Weston and Watkins, "Support vector machines for multi-class pattern recognition", 1999.</remarks>
    public static Tensor MultiClassHinge(Tensor scores, Labels labels, float margin = 1, Reduction reduction = Reduction.Mean)
    {
        Argument.NotNegative(margin, nameof(margin));
        int classes = scores.Shape[^1];
        Tensor hot = Target.OneHot(scores, labels), right = Sum(hot * scores, axis: -1);
        Tensor excess = Map(hot, scores, right, (own, x, y) => own > 0 ? 0 : MathF.Max(0, margin - y + x));
        return Reduce(Sum(excess, axis: -1) * (1f / classes), reduction);
    }
}
