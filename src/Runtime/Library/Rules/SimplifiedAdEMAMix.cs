namespace OptGen;

/// <summary>
/// AdEMAMix with one mean instead of two: a long momentum, to which the newest gradient is added once more.
/// <code>
/// m = β₁m + g        v = β₂v + (1 − β₂)g²
/// w = w − ηλw − η · (m + αg) / (√(v/(1 − β₂ᵗ)) + ε)
/// </code>
/// The momentum is a sum, so that steps are 1/(1 − β₁) times those of Adam at the same rate.
/// </summary>
/// <remarks>Morwani et al., "Connections between schedule-free optimizers, AdEMAMix, and accelerated SGD variants", 2025.</remarks>
/// <example><c>[SimplifiedAdEMAMix(LearningRate = 1e-5f, Alpha = 100f)]</c></example>
public sealed class SimplifiedAdEMAMix : UpdateRule
{
    /// <summary>Step size η, 0.00001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-5f;

    /// <summary>Memory β₁ of the momentum, 0.99 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.99f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.95 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.95f;

    /// <summary>α, the weight of the newest gradient beside the momentum; 0 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Alpha { get; set; }

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State(Exact = true)] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        m = Beta1 * m + g;
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        w -= LearningRate * correction * (m + Alpha * g) / (MathF.Sqrt(v) + correction * Epsilon);
    }
}
