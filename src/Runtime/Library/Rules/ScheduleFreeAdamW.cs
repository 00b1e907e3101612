namespace OptGen;

/// <summary>
/// AdamW that needs no schedule: gradients are taken between a fast sequence z and its running mean, which replaces momentum.
/// <code>
/// v = β₂v + (1 − β₂)g²        z = z − η(g / (√(v/(1 − β₂ᵗ)) + ε) + λw)
/// x = (1 − c)x + cz, c = η²/Σηᵢ²        w = (1 − β₁)z + β₁x
/// </code>
/// The parameters hold w, where gradients are taken; the weights to predict with are the mean x, the optimizer's <c>Average</c>.
/// </summary>
/// <remarks>Defazio et al., "The road less scheduled", 2024.</remarks>
/// <example><c>[ScheduleFreeAdamW(Warmup = 100)]</c>, and predictions with <c>optimizer.Average</c>.</example>
public sealed class ScheduleFreeAdamW : UpdateRule
{
    /// <summary>Step size η, 0.0025 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 2.5e-3f;

    /// <summary>β₁, how near to the mean gradients are taken; 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Steps over which the step size rises from zero; 0 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public int Warmup { get; set; }

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w, float g,
        [State(NonNegative = true)] ref float v,
        [State(Exact = true)] ref float z,
        [State(Exact = true)] ref float average,
        [State(Over.Everything)] ref float weightSum,
        [State(Over.Everything)] ref float largestRate,
        int step)
    {
        if (step == 1)
        {
            z = w;
            average = w;
        }

        float rate = LearningRate * MathF.Min(1, step / MathF.Max(1, Warmup));
        largestRate = MathF.Max(largestRate, rate);
        weightSum += largestRate * largestRate;
        float share = largestRate * largestRate / MathF.Max(weightSum, 1e-30f);
        v = Beta2 * v + (1 - Beta2) * (g * g);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float direction = correction * g / (MathF.Sqrt(v) + correction * Epsilon);
        if (Uses(WeightDecay))
            direction += WeightDecay * w;
        z -= rate * direction;
        average += share * (z - average);
        w = z + Beta1 * (average - z);
    }
}
