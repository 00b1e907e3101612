namespace OptGen;

/// <summary>
/// Steps of equal size by the sign of the gradient, or of its momentum.
/// <code>
/// m = μm + (1 − μ)g        w = w − η(sign(m) + λw)
/// </code>
/// </summary>
/// <remarks>Bernstein et al., "signSGD: compressed optimisation for non-convex problems", 2018.</remarks>
/// <example><c>[SignSgd(LearningRate = 0.1f)]</c> moves every parameter by 0.1 in each step.</example>
public sealed class SignSgd : UpdateRule
{
    /// <summary>Step size η, 1e-3 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory μ of the mean gradient. Optional: without it the optimizer keeps no state.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0)]
    public float Momentum { get; set; }

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away; 0 by default.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m)
    {
        float direction = g;
        if (Uses(Momentum))
        {
            m = Momentum * m + (1 - Momentum) * g;
            direction = m;
        }

        w -= LearningRate * (MathF.Sign(direction) + WeightDecay * w);
    }
}
