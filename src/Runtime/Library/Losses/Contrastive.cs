namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Draws pairs of embeddings (along the last axis) together where they belong together, and apart up to a margin where not, for each row:
    /// <code>
    /// ½t·d² + ½(1 − t)·max(0, m − d)²        d = ‖a − b‖
    /// </code>
    /// </summary>
    /// <param name="a">The first embedding.</param>
    /// <param name="b">The second one.</param>
    /// <param name="same">t: 1 where they belong together, 0 where not; one number less in rank.</param>
    /// <param name="margin">The margin m, 1 by default.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping", 2006.</remarks>
    public static Tensor Contrastive(Tensor a, Tensor b, Tensor same, float margin = 1, Reduction reduction = Reduction.Mean)
    {
        Argument.NotNegative(margin, nameof(margin));
        Tensor distance = Distance(a, Target.Of(a, b));
        return Reduce(Map(distance, Target.Of(distance, same), (d, t) => 0.5f * (t * d * d + (1 - t) * MathF.Max(0, margin - d) * MathF.Max(0, margin - d))), reduction);
    }
}
