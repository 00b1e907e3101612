namespace OptGen;

/// <summary>
/// Adam with the largest recent gradient as its divisor.
/// <code>
/// m = β₁m + (1 − β₁)g        u = max(β₂u, |g| + ε)
/// w = w − η/(1 − β₁ᵗ) · m / u
/// </code>
/// </summary>
/// <remarks>Kingma and Ba, "Adam: a method for stochastic optimization", 2015, section 7.1.</remarks>
/// <example><c>[Adamax(LearningRate = 0.1f)]</c> divides by the largest gradient of late.</example>
public sealed class Adamax : UpdateRule
{
    /// <summary>Step size η, 2e-3 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 2e-3f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the largest gradient, 0.999 by default.</summary>
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
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float u, int step)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;

        m += (1 - Beta1) * (g - m);
        u = MathF.Max(Beta2 * u, MathF.Abs(g) + Epsilon);
        w -= LearningRate / (1 - MathF.Pow(Beta1, step)) * m / u;
    }
}
