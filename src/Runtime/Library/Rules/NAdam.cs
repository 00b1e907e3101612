namespace OptGen;

/// <summary>
/// Adam with Nesterov's momentum: the step looks one momentum ahead, and the momentum warms up.
/// <code>
/// μₜ = β₁(1 − ½·0.96^(tψ))        Πₜ = μ₁·…·μₜ
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)g²
/// w = w − η · ((1 − μₜ)g/(1 − Πₜ) + μₜ₊₁m/(1 − Πₜ₊₁)) / (√(v/(1 − β₂ᵗ)) + ε)
/// </code>
/// </summary>
/// <remarks>Dozat, "Incorporating Nesterov momentum into Adam", 2016.</remarks>
/// <example><c>[NAdam(LearningRate = 1e-3f)]</c></example>
public sealed class NAdam : UpdateRule
{
    /// <summary>Step size η, 0.002 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 2e-3f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>ψ, how fast the momentum warms up; 0.004 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float MomentumDecay { get; set; } = 4e-3f;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Repeats PyTorch before version 2, which multiplied Πₜ₊₁ by μₜ once more; off by default.</summary>
    public bool CountsMomentumTwice { get; init; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w, float g,
        [State] ref float m,
        [State(NonNegative = true)] ref float v,
        [State(Over.Everything, Initial = 1)] ref float momentumProduct,
        int step)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;
        float momentum = Beta1 * (1 - 0.5f * MathF.Pow(0.96f, step * MomentumDecay));
        float next = Beta1 * (1 - 0.5f * MathF.Pow(0.96f, (step + 1) * MomentumDecay));
        momentumProduct *= momentum;
        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (g * g);

        // As in Adam, the correction of the root is multiplied out of the fraction.
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float ofGradient = LearningRate * correction * (1 - momentum) / (1 - momentumProduct);
        float nextProduct = momentumProduct * next * (CountsMomentumTwice ? momentum : 1);
        float ofMean = LearningRate * correction * next / (1 - nextProduct);
        w -= (ofGradient * g + ofMean * m) / (MathF.Sqrt(v) + correction * Epsilon);
    }
}
