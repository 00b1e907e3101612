namespace OptGen;

/// <summary>
/// Adam with a step size from a model of the loss: the running mean of its linearizations, which lies above a lower bound.
/// <code>
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)g²        D = √(v/(1 − β₂ᵗ)) + ε
/// f̄ = β₁f̄ + (1 − β₁)f        γ = β₁γ + (1 − β₁)⟨g, w⟩        ρ = 1 − β₁ᵗ
/// τ = min(η/ρ, ((1 + ηλ)(f̄ − ρf* − γ) + ⟨m, w⟩)₊ / ⟨m, m/D⟩)
/// w = (w − τ · m/D) / (1 + ηλ)
/// </code>
/// f is the loss of the step; products are over all parameters. With <c>AdaptBound</c>, f* is estimated from below on the way:
/// f* = max((f̄ + ⟨m, w⟩ − γ − τ⟨m, m/D⟩/2)/ρ, <c>LowerBound</c>), halved first where the model lies below it. <c>Step</c> takes the loss as a further argument.
/// </summary>
/// <remarks>Schaipp et al., "MoMo: momentum models for adaptive learning rates", 2024.</remarks>
/// <example><c>[MomoAdam]</c> where the least loss is about zero, else <c>[MomoAdam(AdaptBound = true)]</c>; the learning rate may be too large.</example>
public sealed class MomoAdam : UpdateRule
{
    /// <summary>Largest step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-2f;

    /// <summary>Memory β₁ of the means of gradient and loss, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

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
        [State(NonNegative = true)] ref float v,
        [State(Over.Everything)] ref float meanLoss,
        [State(Over.Everything)] ref float meanProduct,
        [State(Over.Everything)] ref float bound,
        int step)
    {
        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (g * g);
        meanLoss = Beta1 * meanLoss + (1 - Beta1) * loss;
        meanProduct = Beta1 * meanProduct + (1 - Beta1) * Sum(g * w);
        float known = 1 - MathF.Pow(Beta1, step), correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float direction = correction * m / (MathF.Sqrt(v) + correction * Epsilon);

        // All of the quotient over 1 + ηλ, so that decay may be another one for each parameter.
        float shrink = 1;
        if (Uses(WeightDecay))
            shrink = 1 / (1 + LearningRate * WeightDecay);
        float model = meanLoss - meanProduct + Sum(m * w * shrink), lowest = LowerBound;
        if (AdaptBound)
        {
            if (step == 1)
                bound = LowerBound;
            if (model < known * bound)
                bound = MathF.Max(model / (2 * known), LowerBound);
            lowest = bound;
        }

        float squares = Sum(m * direction * shrink);
        float rate = MathF.Min(LearningRate / known, squares > 2.220446e-16f ? MathF.Max(model - known * lowest, 0) / squares : 0);
        if (AdaptBound)
            bound = MathF.Max((meanLoss - meanProduct + Sum(m * w) - rate * Sum(m * direction) / 2) / known, LowerBound);
        w = (w - rate * direction) * shrink;
    }
}
