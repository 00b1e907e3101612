namespace OptGen;

/// <summary>
/// Coin betting: each parameter bets on the sign of its next gradient with what it has won so far. There is no step size.
/// <code>
/// L = max(L, |g|)        G = G + |g|        R = max(R − g(w − w₀), 0)        θ = θ − g
/// w = w₀ + θ / (L · max(G + L, αL)) · (L + R)
/// </code>
/// g is the gradient times η, which nothing depends on while it stays the same; w₀ is the parameter before the first step.
/// </summary>
/// <remarks>Orabona and Tommasi, "Training deep networks without learning rates through coin betting", 2017, algorithm 2.</remarks>
/// <example><c>[Cocob]</c> needs no learning rate.</example>
public sealed class Cocob : UpdateRule
{
    /// <summary>Factor η on the gradient, for schedules; 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>α, the least number of steps over which the first bets are spread; 100 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Alpha { get; set; } = 100f;

    /// <summary>ε, the least L; 1e-8 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w, float g,
        [State(Exact = true)] ref float start,
        [State(Exact = true)] ref float theta,
        [State(NonNegative = true)] ref float largest,
        [State(Exact = true, NonNegative = true)] ref float reach,
        [State(Exact = true, NonNegative = true)] ref float reward,
        int step)
    {
        if (step == 1)
            start = w;
        if (Uses(WeightDecay))
            g += WeightDecay * w;
        g *= LearningRate;
        largest = MathF.Max(MathF.Max(largest, MathF.Abs(g)), Epsilon);
        reach += MathF.Abs(g);
        reward = MathF.Max(reward - g * (w - start), 0);
        theta -= g;
        w = start + theta / (largest * MathF.Max(reach + largest, Alpha * largest)) * (largest + reward);
    }
}
