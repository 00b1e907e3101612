namespace OptGen;

/// <summary>
/// Adam that finds its own step size: d estimates how far the solution lies from the start, from below.
/// <code>
/// r = β₃r + (d/d₀)·ηd·Σ g(w₀ − w)        s = β₃s + (d/d₀)·ηd·g        β₃ = √β₂
/// m = β₁m + (1 − β₁)dg        v = β₂v + (1 − β₂)(dg)²
/// d′ = max(d, c·r/Σ|s|)        w = w − ληd·w − ηd·m / (√v + d′ε)
/// </code>
/// </summary>
/// <remarks>Mishchenko and Defazio, "Prodigy: an expeditiously adaptive parameter-free learner", 2023.</remarks>
/// <example><c>[Prodigy]</c> needs no learning rate; a schedule such as <c>[CosineDecay(Total = 10_000)]</c> helps it.</example>
public sealed class Prodigy : UpdateRule
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

    /// <summary>c, a factor on the estimate; 1 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Coefficient { get; set; } = 1f;

    /// <summary>d₀, the first estimate; 0.000001 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float InitialDistance { get; set; } = 1e-6f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Corrects the step for means that begin at 0, by √(1 − β₂ᵗ)/(1 − β₁ᵗ). An option, fixed where the attribute is written; false by default.</summary>
    public bool BiasCorrection { get; set; }

    /// <summary>How far the gradients point away from the start.</summary>
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
        [State(Exact = true)] ref float start,
        [State(Over.Everything)] ref float distance,
        [State(Over.Everything)] ref float numerator,
        int step)
    {
        if (step == 1)
        {
            start = w;
            distance = InitialDistance;
        }

        float memory = MathF.Sqrt(Beta2), d = distance, rate = LearningRate * d;
        if (BiasCorrection)
            rate *= MathF.Sqrt(1 - MathF.Pow(Beta2, step)) / (1 - MathF.Pow(Beta1, step));
        float weight = d / InitialDistance * rate;
        numerator = memory * numerator + weight * Progress(g * (start - w));
        s = memory * s + weight * g;
        m = Beta1 * m + (1 - Beta1) * (d * g);
        v = Beta2 * v + (1 - Beta2) * (d * g * (d * g));
        float reach = Reach(s);
        if (reach > 0)
            distance = MathF.Max(d, Coefficient * numerator / reach);
        if (Uses(WeightDecay))
            w -= WeightDecay * rate * w;
        w -= rate * m / (MathF.Sqrt(v) + distance * Epsilon);
    }
}
