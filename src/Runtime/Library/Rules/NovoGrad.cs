namespace OptGen;

/// <summary>
/// Momentum on gradients that are divided by a running norm of their tensor: one second moment for each tensor.
/// <code>
/// v = β₂v + (1 − β₂)‖g‖², v₁ = ‖g‖²        m = β₁m + g/(√v + ε) + λw        w = w − ηm
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

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float g) => g * g;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(Over.Tensor)] ref float v, int step)
    {
        float squares = SumOfSquares(g);
        v = step == 1 ? squares : Beta2 * v + (1 - Beta2) * squares;
        float direction = g / (MathF.Sqrt(v) + Epsilon);
        if (Uses(WeightDecay))
            direction += WeightDecay * w;
        m = Beta1 * m + direction;
        w -= LearningRate * m;
    }
}
