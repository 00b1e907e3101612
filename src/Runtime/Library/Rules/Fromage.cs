namespace OptGen;

/// <summary>
/// Steps relative to the size of the tensor, which turn it rather than grow it: one rate for all networks.
/// <code>
/// w = (w − η · ‖w‖/‖g‖ · g) / √(1 + η²)
/// </code>
/// Norms are those of the tensor, and at least <see cref="LeastNorm"/>.
/// </summary>
/// <remarks>Bernstein et al., "On the distance between two neural networks and the stability of learning", 2020, algorithm 1.</remarks>
/// <example><c>[Fromage(LearningRate = 0.01f)]</c> changes every tensor by a hundredth of its norm.</example>
public sealed class Fromage : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>The least norm of weights and gradients, 1e-6 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float LeastNorm { get; set; } = 1e-6f;

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float x) => x * x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g)
    {
        float size = MathF.Max(MathF.Sqrt(SumOfSquares(w)), LeastNorm), slope = MathF.Max(MathF.Sqrt(SumOfSquares(g)), LeastNorm);
        w = (w - LearningRate * (size / slope) * g) / MathF.Sqrt(1 + LearningRate * LearningRate);
    }
}
