namespace OptGen;

/// <summary>
/// The projection of AdamP: where weights are scale-invariant, as before a normalization, it takes from the step the part along the weights, which would only grow them.
/// <code>
/// Δ = Δ − w(w·Δ)/‖w‖², where max over columns |cos(g, w)| &lt; δ/√n
/// </code>
/// Products are over a column, the n weights that lead into one unit.
/// </summary>
/// <remarks>Heo et al., "AdamP: slowing down the slowdown for momentum optimizers on scale-invariant weights", 2021.</remarks>
/// <example><c>[ProjectGrowth]</c> after <c>[AdamW]</c> gives AdamP.</example>
[Chain(ChainPosition.Update)]
public sealed class ProjectGrowth : ParameterTransform
{
    /// <summary>δ, below which cosine weights count as scale-invariant; 0.1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Threshold { get; set; } = 0.1f;

    /// <summary>Sum over a unit's weights.</summary>
    [Reduce(Over.Column)]
    public float Sum(float x) => x;

    /// <summary>The largest of a tensor.</summary>
    [Reduce(Over.Tensor, Reduction.Max)]
    public float Largest(float x) => x;

    /// <summary>The projected step.</summary>
    [Apply]
    public void Project(ref float w, float previous, float g)
    {
        float change = w - previous;
        float squares = Sum(previous * previous), count = Sum(1);
        float cosine = MathF.Abs(Sum(g * previous)) / MathF.Max(MathF.Sqrt(Sum(g * g) * squares), 1e-16f);
        bool invariant = count > 1 && Largest(cosine) < Threshold / MathF.Sqrt(count);
        if (invariant)
            w -= previous * (Sum(previous * change) / MathF.Max(squares, 1e-16f));
    }
}
