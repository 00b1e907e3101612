namespace OptGen;

/// <summary>
/// Adam: steps scaled by running estimates of the gradient's mean and mean square, both corrected for their start at zero.
/// <code>
/// d = g + λw
/// m = β₁m + (1 − β₁)d        v = β₂v + (1 − β₂)d²
/// w = w − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
/// </code>
/// The penalty λ goes through the estimates; for decay that does not, see <see cref="AdamW"/>.
/// </summary>
/// <remarks>Kingma and Ba, "Adam: a method for stochastic optimization", 2015.</remarks>
/// <example><c>[Adam(LearningRate = 0.1f)]</c> moves a parameter by about 0.1 in each of its first steps, whatever the size of the gradient.</example>
public sealed class Adam : UpdateRule
{
    /// <summary>Step size η, 0.001 by default: the size of a step while the gradient keeps its sign.</summary>
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

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Divides the means by 1 − βᵗ. An option, fixed where the attribute is written; true by default.</summary>
    public bool BiasCorrection { get; set; } = true;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;
        m += (1 - Beta1) * (g - m);
        v = Beta2 * v + (1 - Beta2) * (g * g);

        // Both corrections are multiplied out of the fraction, so that they cost nothing per element: √(v/c²) + ε = (√v + cε)/c.
        float correction = 1, rate = LearningRate;
        if (BiasCorrection)
        {
            correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
            rate = LearningRate * correction / (1 - MathF.Pow(Beta1, step));
        }

        w -= rate * m / (MathF.Sqrt(v) + correction * Epsilon);
    }
}
