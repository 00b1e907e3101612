namespace OptGen;

/// <summary>
/// Gradient descent that needs no schedule: gradients are taken between a fast sequence z and its running mean.
/// <code>
/// z = z − η(g + λw)        x = (1 − c)x + cz, c = η²/Σηᵢ²        w = (1 − β)z + βx
/// </code>
/// The parameters hold w, where gradients are taken; the weights to predict with are the mean x, the optimizer's <c>Average</c>.
/// </summary>
/// <remarks>Defazio et al., "The road less scheduled", 2024.</remarks>
/// <example><c>[ScheduleFreeSgd(LearningRate = 5f)]</c>, and predictions with <c>optimizer.Average</c>.</example>
public sealed class ScheduleFreeSgd : UpdateRule
{
    /// <summary>Step size η, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>β, how near to the mean gradients are taken; 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, AtMost = 1)]
    public float Momentum { get; set; } = 0.9f;

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
        if (Uses(WeightDecay))
            g += WeightDecay * w;
        z -= rate * g;
        average += share * (z - average);
        w = z + Momentum * (average - z);
    }
}
