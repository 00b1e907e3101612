namespace OptGen;

/// <summary>
/// Evolved sign momentum: every parameter moves by the same amount.
/// <code>
/// c = β₁m + (1 − β₁)g        m = β₂m + (1 − β₂)g
/// w = w − η(sign(c) + λw)
/// </code>
/// </summary>
/// <remarks>Chen et al., "Symbolic discovery of optimization algorithms", 2023.</remarks>
/// <example><c>[Lion(LearningRate = 0.1f)]</c> moves every parameter by exactly 0.1 in each step.</example>
public sealed class Lion : UpdateRule
{
    /// <summary>Step size η, 1e-4 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-4f;

    /// <summary>Share β₁ of the mean in the direction, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the mean, 0.99 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.99f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away; 0 by default.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m)
    {
        float c = Beta1 * m + (1 - Beta1) * g;
        m = Beta2 * m + (1 - Beta2) * g;
        w -= LearningRate * (MathF.Sign(c) + WeightDecay * w);
    }
}
