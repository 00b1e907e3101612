namespace OptGen;

/// <summary>
/// Dual averaging with momentum: all gradients count, later ones for more, and the divisor is a cube root.
/// <code>
/// λₜ = (η + ε)√t        s = s + λₜg        v = v + λₜg²
/// w = βw + (1 − β)(w₀ − s / (∛v + ε))
/// </code>
/// w₀ is the parameter before the first step.
/// </summary>
/// <remarks>Defazio and Jelassi, "Adaptivity without compromise: a momentumized, adaptive, dual averaged gradient method for stochastic optimization", 2021, algorithm 1.</remarks>
/// <example><c>[MadGrad(LearningRate = 0.01f)]</c>; it wants less decay than other rules.</example>
public sealed class MadGrad : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>β, the share of the last parameter that is kept; 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Momentum { get; set; } = 0.9f;

    /// <summary>ε, what keeps the divisor from zero; 1e-6 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-6f;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w, float g,
        [State(Exact = true)] ref float s,
        [State(Exact = true, NonNegative = true)] ref float v,
        [State(Exact = true)] ref float start,
        int step)
    {
        if (step == 1)
            start = w;
        if (Uses(WeightDecay))
            g += WeightDecay * w;
        float weight = (LearningRate + Epsilon) * MathF.Sqrt(step);
        s += weight * g;
        v += weight * (g * g);
        w += (1 - Momentum) * (start - s / (MathF.Cbrt(v) + Epsilon) - w);
    }
}
