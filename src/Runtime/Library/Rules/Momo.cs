namespace OptGen;

/// <summary>
/// Momentum with a step size from a model of the loss: the running mean of its linearizations, which lies above a lower bound.
/// <code>
/// m = βm + (1 − β)g        f̄ = βf̄ + (1 − β)f        γ = βγ + (1 − β)⟨g, w⟩        the first step has β = 0
/// τ = min(η, ((1 + ηλ)(f̄ − f* − γ) + ⟨m, w⟩)₊ / ‖m‖²)
/// w = (w − τm) / (1 + ηλ)
/// </code>
/// f is the loss of the step; products and the norm are over all parameters. With <c>AdaptBound</c>, f* is estimated from below on the way:
/// f* = max(f̄ + ⟨m, w⟩ − γ − τ‖m‖²/2, <c>LowerBound</c>), halved first where the model lies below it. <c>Step</c> takes the loss as a further argument. The mean m keeps all
/// its digits, since ⟨m, w⟩ and γ all but cancel.
/// </summary>
/// <remarks>Schaipp et al., "MoMo: momentum models for adaptive learning rates", 2024.</remarks>
/// <example><c>[Momo]</c> where the least loss is about zero, else <c>[Momo(AdaptBound = true)]</c>; the learning rate may be too large.</example>
public sealed class Momo : UpdateRule
{
    /// <summary>Largest step size η, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>Memory β of the means, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta { get; set; } = 0.9f;

    /// <summary>What the loss can't fall below, 0 by default.</summary>
    [Hyper]
    public float LowerBound { get; set; }

    /// <summary>Strength λ of the decay. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Estimates a higher bound than the one given, for losses that stay well above it. An option, fixed where the attribute is written; false by default.</summary>
    public bool AdaptBound { get; set; }

    /// <summary>Sum over all parameters.</summary>
    [Reduce(Over.Everything)]
    public float Sum(float x) => x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w, float g, [Loss] float loss,
        [State(Exact = true)] ref float m,
        [State(Over.Everything)] ref float meanLoss,
        [State(Over.Everything)] ref float meanProduct,
        [State(Over.Everything)] ref float bound,
        int step)
    {
        float memory = step == 1 ? 0 : Beta;
        m = memory * m + (1 - memory) * g;
        meanLoss = memory * meanLoss + (1 - memory) * loss;
        meanProduct = memory * meanProduct + (1 - memory) * Sum(g * w);

        // All of the quotient over 1 + ηλ, so that decay may be another one for each parameter.
        float shrink = 1;
        if (Uses(WeightDecay))
            shrink = 1 / (1 + LearningRate * WeightDecay);
        float model = meanLoss - meanProduct + Sum(m * w * shrink), lowest = LowerBound;
        if (AdaptBound)
        {
            if (step == 1)
                bound = LowerBound;
            if (model < bound)
                bound = MathF.Max(model / 2, LowerBound);
            lowest = bound;
        }

        float squares = Sum(m * m * shrink);
        float rate = MathF.Min(LearningRate, squares > 2.220446e-16f ? MathF.Max(model - lowest, 0) / squares : 0);
        if (AdaptBound)
            bound = MathF.Max(meanLoss - meanProduct + Sum(m * w) - rate * Sum(m * m) / 2, LowerBound);
        w = (w - rate * m) * shrink;
    }
}
