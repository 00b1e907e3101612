namespace OptGen;

/// <summary>
/// RMSProp as TensorFlow and the networks trained with it have it: the mean square begins at 1, ε is inside of the root, and the momentum holds whole steps.
/// <code>
/// v = αv + (1 − α)g²        a = αa + (1 − α)g        (a = 0 unless centered)
/// m = μm + ηg / √(v − a² + ε)        w = w − m
/// </code>
/// A change of the rate therefore reaches only new gradients, not what is in the momentum.
/// </summary>
/// <remarks>Tieleman and Hinton, "Lecture 6.5: RMSProp", 2012; the form of Szegedy et al., "Rethinking the Inception architecture for computer vision", 2015.</remarks>
/// <example><c>[RmsPropTF(LearningRate = 0.016f, Momentum = 0.9f, Epsilon = 1e-3f)]</c> is the setting of EfficientNet.</example>
public sealed class RmsPropTF : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>Memory α of the means, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, AtMost = 1)]
    public float Alpha { get; set; } = 0.9f;

    /// <summary>ε, what keeps the divisor from zero; 1e-10 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-10f;

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
    public void Update(ref float w, float g, [State(Initial = 1, NonNegative = true)] ref float v, [State] ref float a, [State] ref float m)
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

        float move = LearningRate * g / MathF.Sqrt(variance + Epsilon);
        if (Uses(Momentum))
        {
            m = Momentum * m + move;
            move = m;
        }

        w -= move;
    }
}
