namespace OptGen;

/// <summary>
/// Adam with Nesterov's momentum in terms of differences between gradients: three running estimates.
/// <code>
/// d = g − g′        m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)d        n = β₃n + (1 − β₃)(g + β₂d)²
/// w = (w − η(m/(1 − β₁ᵗ) + β₂v/(1 − β₂ᵗ)) / (√(n/(1 − β₃ᵗ)) + ε)) / (1 + ηλ)
/// </code>
/// g′ is the gradient of the update before; d is 0 in the first.
/// </summary>
/// <remarks>Xie et al., "Adan: adaptive Nesterov momentum algorithm for faster optimizing deep models", 2022.</remarks>
/// <example><c>[Adan(LearningRate = 5e-3f, WeightDecay = 0.02f)]</c> is the setting of the paper for vision transformers.</example>
public sealed class Adan : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the gradient's mean, 0.98 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.98f;

    /// <summary>Memory β₂ of the mean difference of gradients, 0.92 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.92f;

    /// <summary>Memory β₃ of the mean square, 0.99 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta3 { get; set; } = 0.99f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State] ref float v, [State(NonNegative = true)] ref float n, [State] ref float last, int step)
    {
        float difference = step == 1 ? 0 : g - last;
        last = g;
        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * difference;
        float ahead = g + Beta2 * difference;
        n = Beta3 * n + (1 - Beta3) * (ahead * ahead);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta3, step));
        float ofMean = LearningRate * correction / (1 - MathF.Pow(Beta1, step));
        float ofDifference = LearningRate * correction * Beta2 / (1 - MathF.Pow(Beta2, step));
        w -= (ofMean * m + ofDifference * v) / (MathF.Sqrt(n) + correction * Epsilon);
        if (Uses(WeightDecay))
            w /= 1 + LearningRate * WeightDecay;
    }
}
