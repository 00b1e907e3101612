namespace OptGen;

/// <summary>
/// Adam whose divisor measures how far the gradient is from what was expected.
/// <code>
/// m = β₁m + (1 − β₁)g        s = β₂s + (1 − β₂)(g − m)² + ε
/// w = w − ηλw − η · m/(1 − β₁ᵗ) / (√(s/(1 − β₂ᵗ)) + ε)
/// </code>
/// </summary>
/// <remarks>Zhuang et al., "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients", 2020.</remarks>
/// <example><c>[AdaBelief(LearningRate = 0.1f)]</c> takes longer steps than Adam while the gradient is what it expects.</example>
public sealed class AdaBelief : UpdateRule
{
    /// <summary>Step size η, 1e-3 by default.</summary>
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

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away; 0 by default.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>
    /// Takes plain steps along m until s is worth something, then rectified ones as RAdam does, which are the shorter the less is known of s. An option, fixed where the
    /// attribute is written; false by default.
    /// </summary>
    public bool Rectify { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float s, int step)
    {
        m += (1 - Beta1) * (g - m);
        s = Beta2 * s + (1 - Beta2) * ((g - m) * (g - m)) + Epsilon;
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        if (Rectify)
        {
            float plain = LearningRate / (1 - MathF.Pow(Beta1, step)), power = MathF.Pow(Beta2, step), longest = 2 / (1 - Beta2) - 1;
            float length = longest - 2 * step * power / (1 - power);
            float rectified = MathF.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
            w -= LearningRate * WeightDecay * w + plain * (length < 5 ? m : correction * rectified * m / (MathF.Sqrt(s) + Epsilon));
        }
        else
        {
            float rate = LearningRate * correction / (1 - MathF.Pow(Beta1, step));
            w -= LearningRate * WeightDecay * w + rate * m / (MathF.Sqrt(s) + correction * Epsilon);
        }
    }
}
