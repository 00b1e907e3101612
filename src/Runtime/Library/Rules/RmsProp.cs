namespace OptGen;

/// <summary>
/// Divides each step by a running root mean square of the gradient; optionally centered, optionally with momentum.
/// <code>
/// v = αv + (1 − α)g²        a = αa + (1 − α)g        (a = 0 unless centered)
/// m = μm + g / (√(v − a²) + ε)        w = w − ηm
/// </code>
/// </summary>
/// <remarks>Tieleman and Hinton, "Lecture 6.5: RMSProp", 2012; Graves, "Generating sequences with recurrent neural networks", 2013, for the centered form.</remarks>
/// <example><c>[RmsProp(LearningRate = 0.01f)]</c> starts with a step of η/√(1 − α), ten times the rate.</example>
public sealed class RmsProp : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>Memory α of the means, 0.99 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, AtMost = 1)]
    public float Alpha { get; set; } = 0.99f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Share μ of the last step that is kept. Optional: without it no state is kept for it.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0)]
    public float Momentum { get; set; }

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Subtracts the squared mean, so that the divisor is a standard deviation. An option, fixed where the attribute is written; false by default.</summary>
    public bool Centered { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State(NonNegative = true)] ref float v, [State] ref float a, [State] ref float m)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;

        v = Alpha * v + (1 - Alpha) * (g * g);
        float variance = v;
        if (Centered)
        {
            a = Alpha * a + (1 - Alpha) * g;

            // Rounding may leave it below zero.
            variance = MathF.Max(variance - a * a, 0);
        }

        float direction = g / (MathF.Sqrt(variance) + Epsilon);
        if (Uses(Momentum))
        {
            m = Momentum * m + direction;
            direction = m;
        }

        w -= LearningRate * direction;
    }
}
