namespace OptGen;

/// <summary>
/// AdaGrad with a fading memory and steps in the parameter's own unit.
/// <code>
/// v = ρv + (1 − ρ)g²        δ = √(u + ε) / √(v + ε) · g
/// u = ρu + (1 − ρ)δ²        w = w − ηδ
/// </code>
/// </summary>
/// <remarks>Zeiler, "ADADELTA: an adaptive learning rate method", 2012.</remarks>
/// <example><c>[AdaDelta]</c> needs no learning rate; its first steps are small, since it has no step to go by yet.</example>
public sealed class AdaDelta : UpdateRule
{
    /// <summary>Factor η on the step, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>Memory ρ of both means, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, AtMost = 1)]
    public float Rho { get; set; } = 0.9f;

    /// <summary>ε, what keeps the divisor from zero; 1e-6 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-6f;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State(NonNegative = true)] ref float v, [State(NonNegative = true)] ref float u)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;

        v = Rho * v + (1 - Rho) * (g * g);
        float delta = MathF.Sqrt(u + Epsilon) / MathF.Sqrt(v + Epsilon) * g;
        u = Rho * u + (1 - Rho) * (delta * delta);
        w -= LearningRate * delta;
    }
}
