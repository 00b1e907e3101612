namespace OptGen;

/// <summary>
/// Gradient descent that finds its own step size: as <see cref="DoG"/>, with gradients weighted by the distance at which they were seen.
/// <code>
/// d² = max(d², ‖w − w₀‖²), at first d₀²        s = s + d²‖g‖²
/// w = w − η · d²/(√s + ε) · (g + λw)
/// </code>
/// Norms are over all parameters.
/// </summary>
/// <remarks>Khaled, Mishchenko and Jin, "DoWG unleashed: an efficient universal parameter-free gradient descent method", 2023, algorithm 1.</remarks>
/// <example><c>[DoWG]</c></example>
public sealed class DoWG : UpdateRule
{
    /// <summary>Factor η on the step size that it finds, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>d₀², the first squared distance; 0.0001 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float InitialSquaredDistance { get; set; } = 1e-4f;

    /// <summary>ε, what keeps the divisor from zero; 0.0001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-4f;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>The squared norm over all parameters.</summary>
    [Reduce(Over.Everything)]
    public float SumOfSquares(float x) => x * x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w, float g,
        [State(Exact = true)] ref float start,
        [State(Over.Everything)] ref float squaredDistance,
        [State(Over.Everything)] ref float squares,
        int step)
    {
        if (step == 1)
        {
            start = w;
            squaredDistance = InitialSquaredDistance;
        }

        if (Uses(WeightDecay))
            g += WeightDecay * w;
        squaredDistance = MathF.Max(squaredDistance, SumOfSquares(w - start));
        squares += squaredDistance * SumOfSquares(g);
        w -= LearningRate * (squaredDistance / (MathF.Sqrt(squares) + Epsilon)) * g;
    }
}
