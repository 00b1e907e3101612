namespace OptGen;

/// <summary>
/// AdamW with a second, very slow mean of the gradient beside the fast one, so that gradients of thousands of steps ago still count.
/// <code>
/// m = β₁m + (1 − β₁)g        n = β₃n + (1 − β₃)g        v = β₂v + (1 − β₂)g²
/// w = w − ηλw − η · (m/(1 − β₁ᵗ) + αn) / (√(v/(1 − β₂ᵗ)) + ε)
/// </code>
/// Over the first T steps, α rises in proportion to the step, and β₃ from β₁ so that the time after which half of the mean is forgotten does.
/// </summary>
/// <remarks>Pagliardini, Ablin and Grangier, "The AdEMAMix optimizer: better, faster, older", 2024, algorithm 1.</remarks>
/// <example><c>[AdEMAMix(LearningRate = 1e-3f, Warmup = 10_000)]</c> in a run of ten thousand steps and more.</example>
public sealed class AdEMAMix : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the gradient's fast mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>Memory β₃ of the gradient's slow mean, 0.9999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta3 { get; set; } = 0.9999f;

    /// <summary>α, the weight of the slow mean beside the fast one; 5 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Alpha { get; set; } = 5f;

    /// <summary>T, the steps over which α and β₃ rise to their values; 0 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public int Warmup { get; set; }

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(Exact = true)] ref float n, [State(NonNegative = true)] ref float v, int step)
    {
        float share = MathF.Min(1, step / MathF.Max(1, Warmup));
        float slow = share < 1 ? MathF.Exp(1 / ((1 - share) / MathF.Log(Beta1) + share / MathF.Log(Beta3))) : Beta3;
        m += (1 - Beta1) * (g - m);
        n = slow * n + (1 - slow) * g;
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float ofFast = LearningRate * correction / (1 - MathF.Pow(Beta1, step)), ofSlow = LearningRate * correction * (Alpha * share);
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        w -= (ofFast * m + ofSlow * n) / (MathF.Sqrt(v) + correction * Epsilon);
    }
}
