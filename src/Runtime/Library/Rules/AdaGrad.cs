namespace OptGen;

/// <summary>
/// Divides each step by the root of the sum of all squared gradients.
/// <code>
/// s = s + g²
/// w = w − η/(1 + (t − 1)κ) · g / (√s + ε)
/// </code>
/// </summary>
/// <remarks>Duchi et al., "Adaptive subgradient methods", 2011.</remarks>
/// <example><c>[AdaGrad(LearningRate = 0.1f)]</c> starts with a step of 0.1 and shortens every further one.</example>
public sealed class AdaGrad : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>κ: how much the step size falls with the number of steps; 0 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRateDecay { get; set; }

    /// <summary>Value of the sum before the first step; 0 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float InitialAccumulator { get; set; }

    /// <summary>ε, what keeps the divisor from zero; 1e-10 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-10f;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State(NonNegative = true, Exact = true)] ref float s, int step)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;

        s = (step == 1 ? InitialAccumulator : s) + g * g;
        w -= LearningRate / (1 + (step - 1) * LearningRateDecay) * g / (MathF.Sqrt(s) + Epsilon);
    }
}
