namespace OptGen;

/// <summary>
/// AdamW with a step for each tensor in proportion to its norm, for very large batches.
/// <code>
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)g²
/// u = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) + λw        w = w − η · ‖w‖/‖u‖ · u
/// </code>
/// Norms are those of the tensor. Where no decay applies (biases, gains), the ratio is 1; with <c>Clip</c> it is at most 1.
/// </summary>
/// <remarks>You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", 2020.</remarks>
/// <example><c>[Lamb(LearningRate = 2e-3f)]</c> for batches of thousands.</example>
public sealed class Lamb : UpdateRule
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

    /// <summary>ε, what keeps the divisor from zero; 1e-6 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-6f;

    /// <summary>Strength λ of the decay, which is part of the step; 0.01 by default.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; } = 1e-2f;

    /// <summary>Lets the ratio of norms only shorten steps (LAMBC). An option, fixed where the attribute is written; false by default.</summary>
    public bool Clip { get; set; }

    /// <summary>Adapts the step of tensors without decay as well (NVLAMB). An option, fixed where the attribute is written; false by default.</summary>
    public bool AlwaysAdapts { get; set; }

    /// <summary>Divides the means by 1 − βᵗ. An option, fixed where the attribute is written; true by default.</summary>
    public bool BiasCorrection { get; set; } = true;

    /// <summary>Weighs a gradient with 1 − β₁ in its mean; otherwise m is a sum. An option, fixed where the attribute is written; true by default.</summary>
    public bool GradientAveraging { get; set; } = true;

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float x) => x * x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        m = Beta1 * m + (GradientAveraging ? (1 - Beta1) * g : g);
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float correction = BiasCorrection ? MathF.Sqrt(1 - MathF.Pow(Beta2, step)) : 1, known = BiasCorrection ? 1 - MathF.Pow(Beta1, step) : 1;
        float u = correction / known * m / (MathF.Sqrt(v) + correction * Epsilon) + WeightDecay * w;
        float size = MathF.Sqrt(SumOfSquares(w)), length = MathF.Sqrt(SumOfSquares(u));
        bool adapts = size > 0 && length > 0;
        if (!AlwaysAdapts)
            adapts = WeightDecay > 0 && adapts;
        float ratio = size / length;
        if (Clip)
            ratio = MathF.Min(ratio, 1);
        w -= LearningRate * (adapts ? ratio : 1) * u;
    }
}
