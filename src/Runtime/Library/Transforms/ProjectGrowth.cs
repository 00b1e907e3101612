namespace OptGen;

/// <summary>
/// The projection of AdamP: where weights are scale-invariant, as before a normalization, it takes from the step the part along the weights, which would only grow them.
/// <code>
/// Δ = Δ − w(w·Δ)/‖w‖², where max over columns |cos(g, w)| &lt; δ/√n
/// </code>
/// Products are over a column, the n weights that lead into one unit; with <c>LayerView</c>, where that leaves a matrix as it is, over the whole of it. With <c>DecayStrength</c> it decays parameters as well,
/// w = w − ηλw′, but those whose step is projected by a share of λ.
/// </summary>
/// <remarks>Heo et al., "AdamP: slowing down the slowdown for momentum optimizers on scale-invariant weights", 2021.</remarks>
/// <example><c>[ProjectGrowth]</c> after <c>[AdamW]</c> gives AdamP.</example>
[Chain(ChainPosition.Update)]
public sealed class ProjectGrowth : ParameterTransform
{
    /// <summary>δ, below which cosine weights count as scale-invariant; 0.1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Threshold { get; set; } = 0.1f;

    /// <summary>λ of a decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float DecayStrength { get; set; }

    /// <summary>The share of λ that is left where a step is projected; 0 unless given. Optional.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0)]
    public float DecayShare { get; set; }

    /// <summary>The learning rate η of the rule, for decay.</summary>
    [Hyper(OfRule = true, Optional = true)]
    public float LearningRate { get; set; }

    /// <summary>Looks at a matrix as a whole where its columns are left alone. An option, fixed where the attribute is written; false by default.</summary>
    public bool LayerView { get; set; }

    /// <summary>Sum over all of a matrix.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfAll(float x) => x;

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
        float along = invariant ? Sum(previous * change) / MathF.Max(squares, 1e-16f) : 0;
        if (LayerView)
        {
            float all = SumOfAll(previous * previous), angle = MathF.Abs(SumOfAll(g * previous)) / MathF.Max(MathF.Sqrt(SumOfAll(g * g) * all), 1e-16f);
            bool asWhole = !invariant && count > 1 && angle < Threshold / MathF.Sqrt(SumOfAll(1));
            along = asWhole ? SumOfAll(previous * change) / MathF.Max(all, 1e-16f) : along;
            invariant = invariant || asWhole;
        }

        w -= previous * along;
        if (Uses(DecayStrength))
            w -= LearningRate * DecayStrength * (invariant ? DecayShare : 1) * previous;
    }
}
