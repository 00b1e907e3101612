namespace OptGen;

/// <summary>
/// Adam that takes plain momentum steps until enough is known of the second moment, and then scales it by what is known.
/// <code>
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)g²        ρ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ), ρ∞ = 2/(1 − β₂) − 1
/// w = w − η · m/(1 − β₁ᵗ) · (ρ &gt; 5 ? √((ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ)) · √(1 − β₂ᵗ) / (√v + ε) : 1)
/// </code>
/// </summary>
/// <remarks>Liu et al., "On the variance of the adaptive learning rate and beyond", 2020.</remarks>
/// <example><c>[RAdam(LearningRate = 0.1f)]</c> follows the mean gradient alone in its first five steps.</example>
public sealed class RAdam : UpdateRule
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
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;

        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float rate = LearningRate / (1 - MathF.Pow(Beta1, step));
        float power = MathF.Pow(Beta2, step);
        float longest = 2 / (1 - Beta2) - 1;
        float length = longest - 2 * step * power / (1 - power);
        float rectified = MathF.Sqrt((length - 4) * (length - 2) * longest * (1 - power) / ((longest - 4) * (longest - 2) * length));
        w -= length > 5 ? rate * rectified * m / (MathF.Sqrt(v) + Epsilon) : rate * m;
    }
}
