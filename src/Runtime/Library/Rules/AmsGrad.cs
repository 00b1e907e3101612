namespace OptGen;

/// <summary>
/// Adam whose divisor never shrinks: it keeps the largest second moment so far.
/// <code>
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)g²        u = max(u, v)
/// w = w − η · m/(1 − β₁ᵗ) / (√(u/(1 − β₂ᵗ)) + ε)
/// </code>
/// </summary>
/// <remarks>Reddi et al., "On the convergence of Adam and beyond", 2018; the correction as PyTorch applies it.</remarks>
/// <example><c>[AmsGrad(LearningRate = 0.1f)]</c> never lets the divisor shrink, so that a rare large gradient is not forgotten.</example>
public sealed class AmsGrad : UpdateRule
{
    /// <summary>Step size η, 1e-3 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, [State(NonNegative = true)] ref float u, int step)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;

        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (g * g);
        u = MathF.Max(u, v);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float rate = LearningRate * correction / (1 - MathF.Pow(Beta1, step));
        w -= rate * m / (MathF.Sqrt(u) + correction * Epsilon);
    }
}
