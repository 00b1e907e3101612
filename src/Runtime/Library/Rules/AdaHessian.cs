namespace OptGen;

/// <summary>
/// AdamW whose divisor is the root mean square of the Hessian's diagonal instead of that of the gradient.
/// <code>
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)ĥ²
/// w = w − ηλw − η · m/(1 − β₁ᵗ) / ((v/(1 − β₂ᵗ))^(k/2) + ε)
/// </code>
/// The estimate ĥ (Hutchinson's u∘Hu, which may be averaged over each kernel of a convolution) is written to the optimizer's <c>Hessian</c> before each step; until then it is 1.
/// </summary>
/// <remarks>Yao et al., "AdaHessian: an adaptive second order optimizer for machine learning", 2021, algorithm 1.</remarks>
/// <example><c>[AdaHessian]</c>, with an estimate of the Hessian's diagonal in <c>optimizer.Hessian</c>.</example>
public sealed class AdaHessian : UpdateRule
{
    /// <summary>Step size η, 0.1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.1f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the diagonal's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>k, the power of the divisor. Optional: without it 1.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0, AtMost = 1)]
    public float HessianPower { get; set; }

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [Input(Initial = 1)] float hessian, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (hessian * hessian);
        float corrected = v / (1 - MathF.Pow(Beta2, step));
        float divisor = Uses(HessianPower) ? MathF.Pow(corrected, HessianPower / 2) : MathF.Sqrt(corrected);
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        w -= LearningRate / (1 - MathF.Pow(Beta1, step)) * m / (divisor + Epsilon);
    }
}
