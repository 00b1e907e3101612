namespace OptGen;

/// <summary>
/// AdamW that finds its own step size by D-adaptation: d estimates how far the solution lies from the start, from below.
/// <code>
/// η′ = dη · √(1 − β₂ᵗ)/(1 − β₁ᵗ)        σ = √β₂
/// r = σr + (1 − σ)η′ · Σ g·s/(√v + ε)        s = σs + (1 − σ)η′g
/// m = β₁m + (1 − β₁)η′g        v = β₂v + (1 − β₂)g²
/// w = w − λη′w − m/(√v + ε)        d = max(d, r/((1 − σ)Σ|s|))
/// </code>
/// </summary>
/// <remarks>Defazio and Mishchenko, "Learning-rate-free learning by D-adaptation", 2023, algorithm 5; in its published code with the corrections for the start.</remarks>
/// <example><c>[DAdaptAdamW]</c> needs no learning rate; a schedule such as <c>[WarmupCosine(Warmup = 500, Total = 10_000)]</c> helps it.</example>
public sealed class DAdaptAdamW : UpdateRule
{
    /// <summary>Factor η on the estimated step size, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>d₀, the first estimate; 0.000001 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float InitialDistance { get; set; } = 1e-6f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share λη′ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>How far the gradient points along those before it.</summary>
    [Reduce(Over.Everything)]
    public float Progress(float term) => term;

    /// <summary>How far the summed gradients reach.</summary>
    [Reduce(Over.Everything)]
    public float Reach(float s) => MathF.Abs(s);

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w, float g,
        [State] ref float m,
        [State(NonNegative = true)] ref float v,
        [State(Exact = true)] ref float s,
        [State(Over.Everything)] ref float distance,
        [State(Over.Everything)] ref float numerator,
        int step)
    {
        if (step == 1)
            distance = InitialDistance;
        float memory = MathF.Sqrt(Beta2);
        float rate = distance * LearningRate * MathF.Sqrt(1 - MathF.Pow(Beta2, step)) / (1 - MathF.Pow(Beta1, step));
        numerator = memory * numerator + (1 - memory) * rate * Progress(g * s / (MathF.Sqrt(v) + Epsilon));
        m = Beta1 * m + (1 - Beta1) * rate * g;
        v = Beta2 * v + (1 - Beta2) * (g * g);
        s = memory * s + (1 - memory) * rate * g;
        float reach = Reach(s);
        if (reach > 0)
            distance = MathF.Max(distance, numerator / ((1 - memory) * reach));
        if (Uses(WeightDecay))
            w -= WeightDecay * rate * w;
        w -= m / (MathF.Sqrt(v) + Epsilon);
    }
}
