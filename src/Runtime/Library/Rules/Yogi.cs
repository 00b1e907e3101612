namespace OptGen;

/// <summary>
/// Adam whose second moment moves by a bounded share, so that it cannot jump.
/// <code>
/// m = β₁m + (1 − β₁)g        v = v − (1 − β₂) · sign(v − g²) · g²
/// w = w − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
/// </code>
/// </summary>
/// <remarks>Zaheer et al., "Adaptive methods for nonconvex optimization", 2018.</remarks>
/// <example><c>[Yogi(LearningRate = 0.1f)]</c> lets its mean square grow by steps that depend on the sign of the change alone.</example>
public sealed class Yogi : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-3 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-3f;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        m += (1 - Beta1) * (g - m);
        float square = g * g;
        v -= (1 - Beta2) * MathF.Sign(v - square) * square;
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float rate = LearningRate * correction / (1 - MathF.Pow(Beta1, step));
        w -= rate * m / (MathF.Sqrt(v) + correction * Epsilon);
    }
}
