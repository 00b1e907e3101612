namespace OptGen;

/// <summary>
/// Clipped second order: the running mean of the gradient over a running estimate of the Hessian's diagonal, at most 1.
/// <code>
/// m = β₁m + (1 − β₁)g        h = β₂h + (1 − β₂)ĥ, every k steps
/// w = w − ηλw − η · clip(m / max(γh, ε), 1)
/// </code>
/// The estimate ĥ (Hutchinson's u∘Hu, or B·ĝ∘ĝ with gradients of sampled labels) is written to the optimizer's <c>Hessian</c> before the steps 1, 1 + k, 1 + 2k, ….
/// </summary>
/// <remarks>Liu et al., "Sophia: a scalable stochastic second-order optimizer for language model pre-training", 2023.</remarks>
/// <example><c>[Sophia]</c>, with an estimate of the Hessian's diagonal in <c>optimizer.Hessian</c> every ten steps.</example>
public sealed class Sophia : UpdateRule
{
    /// <summary>Step size η, 0.0001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-4f;

    /// <summary>Memory β₁ of the gradient's mean, 0.965 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.965f;

    /// <summary>Memory β₂ of the Hessian's diagonal, 0.99 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.99f;

    /// <summary>γ, the share of the diagonal that divides; 0.01 by default. Smaller means more steps are clipped.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Gamma { get; set; } = 0.01f;

    /// <summary>ε, what keeps the divisor from zero; 1e-12 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-12f;

    /// <summary>k, how many steps one estimate of the diagonal serves; 10 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int Every { get; set; } = 10;

    /// <summary>Strength λ of the decoupled decay, 0.1 by default: each step takes the share ηλ of the parameter away.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; } = 0.1f;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [Input] float hessian, [State] ref float m, [State] ref float h, int step)
    {
        m += (1 - Beta1) * (g - m);
        if ((step - 1) % Every == 0)
            h = Beta2 * h + (1 - Beta2) * hessian;
        float ratio = m / MathF.Max(Gamma * h, Epsilon);
        w -= LearningRate * WeightDecay * w + LearningRate * MathF.Min(MathF.Max(ratio, -1), 1);
    }
}
