namespace OptGen;

/// <summary>
/// Momentum with a step for each tensor in proportion to its norm, for very large batches.
/// <code>
/// t = c‖w‖ / (‖g‖ + λ‖w‖ + ε)        b = μb + t(g + λw)        w = w − ηb
/// </code>
/// Norms are those of the tensor. Where no decay applies (biases, gains), t is 1. With <c>Clip</c> t is min(t/η, 1), so that η bounds the rate; with <c>Nesterov</c> the step is
/// t(g + λw) + μb.
/// </summary>
/// <remarks>You, Gitman and Ginsburg, "Large batch training of convolutional networks", 2017.</remarks>
/// <example><c>[Lars(LearningRate = 1f, WeightDecay = 1e-4f)]</c> trains a convolutional network with large batches, after a warm-up.</example>
public sealed class Lars : UpdateRule
{
    /// <summary>Step size η, 0.1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.1f;

    /// <summary>μ, the share of the last step that is kept; 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Momentum { get; set; } = 0.9f;

    /// <summary>c, the size of a step relative to the tensor; 0.001 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Trust { get; set; } = 1e-3f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the L2 penalty, 0.0001 by default.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; } = 1e-4f;

    /// <summary>Share τ of what a step adds to the momentum that is left out, from the second step on. Optional.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0)]
    public float Dampening { get; set; }

    /// <summary>Takes t for a rate that η bounds, instead of a factor on η (LARC). An option, fixed where the attribute is written; false by default.</summary>
    public bool Clip { get; set; }

    /// <summary>Adapts the step of tensors without decay as well. An option, fixed where the attribute is written; false by default.</summary>
    public bool AlwaysAdapts { get; set; }

    /// <summary>Steps along the gradient and the momentum that it leads to. An option, fixed where the attribute is written; false by default.</summary>
    public bool Nesterov { get; set; }

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float x) => x * x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float b, int step)
    {
        float size = MathF.Sqrt(SumOfSquares(w)), slope = MathF.Sqrt(SumOfSquares(g));
        bool adapts = size > 0 && slope > 0;
        if (!AlwaysAdapts)
            adapts = WeightDecay > 0 && adapts;
        float ratio = Trust * size / (slope + WeightDecay * size + Epsilon);
        if (Clip)
            ratio = MathF.Min(ratio / LearningRate, 1);
        float trust = adapts ? ratio : 1;
        float kept = Momentum * b, added = trust * (g + WeightDecay * w);
        if (Uses(Dampening))
            added *= step == 1 ? 1 : 1 - Dampening;
        b = kept + added;
        float direction = b;
        if (Nesterov)
            direction = trust * (g + WeightDecay * w) + Momentum * b;
        w -= LearningRate * direction;
    }
}
