namespace OptGen;

/// <summary>
/// Momentum on gradients that are divided by a running norm of their tensor: one second moment for each tensor.
/// <code>
/// v = β₂v + (1 − β₂)‖g‖², v₁ = ‖g‖²        m = β₁m + g/(√v + ε) + λw        w = w − ηm
/// with DivideMean: m = β₁m + g        w = w − η(m/(√v + ε) + λw)
/// </code>
/// </summary>
/// <remarks>Ginsburg et al., "Stochastic gradient methods with layer-wise adaptive moments for training of deep networks", 2019.</remarks>
/// <example><c>[NovoGrad(LearningRate = 0.01f, WeightDecay = 1e-3f)]</c> keeps one state for each parameter.</example>
public sealed class NovoGrad : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the step, 0.95 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.95f;

    /// <summary>Memory β₂ of the tensor's squared norm, 0.98 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.98f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the decay, which is part of the step. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Weighs what is new in m with 1 − β₁. An option, fixed where the attribute is written; false by default.</summary>
    public bool GradientAveraging { get; set; }

    /// <summary>Divides m by 1 − β₁ᵗ, and v by 1 − β₂ᵗ. An option, fixed where the attribute is written; false by default.</summary>
    public bool BiasCorrection { get; set; }

    /// <summary>Divides and decays what m has become, instead of what goes into it. An option, fixed where the attribute is written; false by default.</summary>
    public bool DivideMean { get; set; }

    /// <summary>Takes the largest |g| for the norm, whose mean √v then is. An option, fixed where the attribute is written; false by default.</summary>
    public bool LargestNorm { get; set; }

    /// <summary>Begins with v = 0 instead of the first ‖g‖². An option, fixed where the attribute is written; false by default.</summary>
    public bool FromZero { get; set; }

    /// <summary>Divides by the largest v that there was. An option, fixed where the attribute is written; false by default.</summary>
    public bool AmsGrad { get; set; }

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float g) => g * g;

    /// <summary>The largest of a tensor.</summary>
    [Reduce(Over.Tensor, Reduction.Max)]
    public float Largest(float g) => MathF.Abs(g);

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(Over.Tensor)] ref float v, [State(Over.Tensor)] ref float most, int step)
    {
        float size = LargestNorm ? Largest(g) : SumOfSquares(g), mean = Beta2 * v + (1 - Beta2) * size;
        v = FromZero ? mean : step == 1 ? size : mean;
        float moment = v;
        if (AmsGrad)
            moment = most = MathF.Max(most, v);
        float norm = LargestNorm ? moment : MathF.Sqrt(moment), rate = LearningRate;
        if (BiasCorrection)
        {
            norm /= MathF.Sqrt(1 - MathF.Pow(Beta2, step));
            rate = LearningRate / (1 - MathF.Pow(Beta1, step));
        }

        float direction = DivideMean ? g : g / (norm + Epsilon);
        if (Uses(WeightDecay) && !DivideMean)
            direction += WeightDecay * w;
        m = Beta1 * m + (GradientAveraging ? (1 - Beta1) * direction : direction);
        if (Uses(WeightDecay) && DivideMean)
            w -= LearningRate * WeightDecay * w;
        w -= DivideMean ? rate * m / (norm + Epsilon) : rate * m;
    }
}
