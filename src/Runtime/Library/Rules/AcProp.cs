namespace OptGen;

/// <summary>
/// AdaBelief whose divisor is that of the step before, so that gradient and divisor are independent; the gradient itself is the direction.
/// <code>
/// w = w − ηλw − η · g / (√(s/(1 − β₂ᵗ⁻¹)) + ε)        m = β₁m + (1 − β₁)g        s = β₂s + (1 − β₂)(g − m)² + ε
/// </code>
/// In the first step, which knows of none before it, the divisor is 1.
/// </summary>
/// <remarks>Zhuang et al., "Momentum centering and asynchronous update for adaptive gradient methods", 2021, algorithm 2.</remarks>
/// <example><c>[AcProp(LearningRate = 1e-3f)]</c></example>
public sealed class AcProp : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the mean squared surprise, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-16 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-16f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float s, int step)
    {
        float correction = step == 1 ? 1 : MathF.Sqrt(1 - MathF.Pow(Beta2, step - 1)), first = step == 1 ? 1 : 0;
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        w -= LearningRate * correction * g / (first + MathF.Sqrt(s) + correction * Epsilon);
        m += (1 - Beta1) * (g - m);
        s = Beta2 * s + (1 - Beta2) * ((g - m) * (g - m)) + Epsilon;
    }
}
