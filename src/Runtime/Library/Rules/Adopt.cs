namespace OptGen;

/// <summary>
/// Adam that divides by what was known before the gradient came, and takes the mean of what was divided; it converges for any β₂.
/// <code>
/// u = clip(g / max(√v, ε), (t − 1)^γ)        m = β₁m + (1 − β₁)u        w = w − ηλw − ηm        v = β₂v + (1 − β₂)g²
/// </code>
/// The first gradient only sets v = g².
/// </summary>
/// <remarks>Taniguchi et al., "ADOPT: modified Adam can converge with any β₂ with the optimal rate", 2024, algorithm 2 with the clipping of its published code.</remarks>
/// <example><c>[Adopt(LearningRate = 0.1f)]</c> moves no parameter in its first step, and each by at most (1 − β₁)η = 0.01 in its second.</example>
public sealed class Adopt : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the mean of divided gradients, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.9999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.9999f;

    /// <summary>ε, the least divisor; 1e-6 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Epsilon { get; set; } = 1e-6f;

    /// <summary>γ, how fast the bound on a divided gradient grows with the steps; ¼ by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float ClipPower { get; set; } = 0.25f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        // All that is special about the first step are numbers that are the same for every element.
        float bound = step == 1 ? 0 : MathF.Pow(step - 1, ClipPower);
        float kept = step == 1 ? 0 : Beta2, rate = step == 1 ? 0 : LearningRate;
        float u = MathF.Min(MathF.Max(g / MathF.Max(MathF.Sqrt(v), Epsilon), -bound), bound);
        m = Beta1 * m + (1 - Beta1) * u;
        v = kept * v + (1 - kept) * (g * g);
        if (Uses(WeightDecay))
            w -= rate * WeightDecay * w;
        w -= rate * m;
    }
}
