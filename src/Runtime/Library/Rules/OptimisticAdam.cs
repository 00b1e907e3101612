namespace OptGen;

/// <summary>
/// Adam that expects its next direction to differ from this one as this one does from the last, for training that is a game.
/// <code>
/// m = β₁m + (1 − β₁)g        v = β₂v + (1 − β₂)g²        r = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
/// w = w − η((α + β)r − βr′)
/// </code>
/// r′ is the direction of the update before; in the first it is r.
/// </summary>
/// <remarks>Daskalakis et al., "Training GANs with optimism", 2018, algorithm 1.</remarks>
/// <example><c>[OptimisticAdam(LearningRate = 1e-3f)]</c></example>
public sealed class OptimisticAdam : UpdateRule
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

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>α, the weight of the direction; 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Alpha { get; set; } = 1f;

    /// <summary>β, the weight of its change; 1 by default. With 0 it is Adam.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Beta { get; set; } = 1f;

    /// <summary>Looks one momentum ahead, as <see cref="NAdamW"/>. An option, fixed where the attribute is written; false by default.</summary>
    public bool Nesterov { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, [State] ref float last, int step)
    {
        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step)), ofFirst = correction / (1 - MathF.Pow(Beta1, step));
        float mean = Nesterov ? correction * Beta1 / (1 - MathF.Pow(Beta1, step + 1)) * m + ofFirst * (1 - Beta1) * g : ofFirst * m;
        float direction = mean / (MathF.Sqrt(v) + correction * Epsilon);
        float change = step == 1 ? 0 : Beta;
        w -= LearningRate * (Alpha * direction + change * (direction - last));
        last = direction;
    }
}
