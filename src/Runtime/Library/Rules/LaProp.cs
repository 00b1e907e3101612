namespace OptGen;

/// <summary>
/// Adam in the other order: gradients are divided first, then their mean is taken, so that no two memories can work against each other.
/// <code>
/// v = β₂v + (1 − β₂)g²        m = β₁m + (1 − β₁) · g / (√(v/(1 − β₂ᵗ)) + ε)
/// w = (1 − ηλ)(w − η · m/(1 − β₁ᵗ))
/// </code>
/// </summary>
/// <remarks>Ziyin, Wang and Ueda, "LaProp: separating momentum and adaptivity in Adam", 2020, algorithm 1.</remarks>
/// <example><c>[LaProp(LearningRate = 0.1f)]</c> moves a parameter by at most about 0.1 in each step, whatever the gradients.</example>
public sealed class LaProp : UpdateRule
{
    /// <summary>Step size η, 0.0004 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 4e-4f;

    /// <summary>Memory β₁ of the mean of divided gradients, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-15 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-15f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        m = Beta1 * m + (1 - Beta1) * correction * g / (MathF.Sqrt(v) + correction * Epsilon);
        w -= LearningRate / (1 - MathF.Pow(Beta1, step)) * m;
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
    }
}
