namespace OptGen;

/// <summary>
/// AdamW with Nesterov's momentum: the step looks one momentum ahead. It is <see cref="NAdam"/> without the warming up of its momentum.
/// <code>
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)g²
/// w = w − ηλw − η · (β₁m/(1 − β₁ᵗ⁺¹) + (1 − β₁)g/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε)
/// </code>
/// </summary>
/// <remarks>Dozat, "Incorporating Nesterov momentum into Adam", 2016, with the decay of Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.</remarks>
/// <example><c>[NAdamW(LearningRate = 1e-3f)]</c></example>
public sealed class NAdamW : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
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

    /// <summary>Strength λ of the decoupled decay, 0.01 by default: each step takes the share ηλ of the parameter away.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; } = 1e-2f;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float ofMean = LearningRate * correction * Beta1 / (1 - MathF.Pow(Beta1, step + 1));
        float ofGradient = LearningRate * correction * (1 - Beta1) / (1 - MathF.Pow(Beta1, step));
        w -= LearningRate * WeightDecay * w + (ofMean * m + ofGradient * g) / (MathF.Sqrt(v) + correction * Epsilon);
    }
}
