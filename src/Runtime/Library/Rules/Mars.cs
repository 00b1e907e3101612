namespace OptGen;

/// <summary>
/// AdamW on gradients whose variance is reduced by that of the step before, for matrices.
/// <code>
/// c = g + γ · β₁/(1 − β₁) · (g − g′)        c = c / max(1, ‖c‖)
/// m = β₁m + (1 − β₁)c        v = β₂v + (1 − β₂)c²
/// w = w − ηλw − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
/// </code>
/// g′ is the gradient of the step before, in the first that of this one; ‖c‖ is the norm over the tensor. For parameters of a single row c is g, which is AdamW. With <c>Lion</c>, the step of matrices is the sign of m.
/// </summary>
/// <remarks>Yuan et al., "MARS: unleashing the power of variance reduction for training large models", 2024, the approximate MARS-AdamW.</remarks>
/// <example><c>[Mars(LearningRate = 3e-3f)]</c></example>
public sealed class Mars : UpdateRule
{
    /// <summary>Step size η, 0.003 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 3e-3f;

    /// <summary>Memory β₁ of the corrected gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of its mean square, 0.99 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.99f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>γ, the strength of the correction; 0.025 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Gamma { get; set; } = 0.025f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Steps by the sign of m wherever c is not just g (MARS-Lion). An option, fixed where the attribute is written; false by default.</summary>
    public bool Lion { get; set; }

    /// <summary>Corrects the gradients of parameters of a single row as well. An option, fixed where the attribute is written; false by default.</summary>
    public bool CorrectsVectors { get; set; }

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float c) => c * c;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, [State] ref float last, int step)
    {
        float strength = step > 1 ? Gamma * Beta1 / (1 - Beta1) : 0;
        float corrected = g + strength * (g - last);
        float length = MathF.Sqrt(SumOfSquares(corrected));
        bool corrects = Rows() > 1;
        if (CorrectsVectors)
            corrects = true;
        float c = corrects ? corrected / MathF.Max(1, length) : g;
        last = g;
        m = Beta1 * m + (1 - Beta1) * c;
        v = Beta2 * v + (1 - Beta2) * (c * c);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float rate = LearningRate * correction / (1 - MathF.Pow(Beta1, step));
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        float change = rate * m / (MathF.Sqrt(v) + correction * Epsilon);
        if (Lion)
            change = corrects ? LearningRate * MathF.Sign(m) : change;
        w -= change;
    }
}
