namespace OptGen;

/// <summary>
/// Gradient descent that finds its own step size: the distance travelled so far over the gradients seen so far.
/// <code>
/// d = max(d, ‖w − w₀‖), at first ρ(1 + ‖w₀‖)        s = s + ‖g‖²
/// w = w − η · d/√(s + ε) · (g + λw)
/// </code>
/// Norms are over all parameters.
/// </summary>
/// <remarks>Ivgi, Hinder and Carmon, "DoG is SGD's best friend: a parameter-free dynamic step size schedule", 2023, equation 3.</remarks>
/// <example><c>[DoG]</c> with <c>[Ema(0.999f)]</c>: its authors predict with an average of the parameters.</example>
public sealed class DoG : UpdateRule
{
    /// <summary>Factor η on the step size that it finds, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>ρ, the first distance relative to the size of the parameters; 1e-6 by default, 1e-4 for networks with batch normalization.</summary>
    [Hyper, Bounds(Above = 0)]
    public float InitialShare { get; set; } = 1e-6f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

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
        [State(Over.Everything)] ref float distance,
        [State(Over.Everything)] ref float squares,
        int step)
    {
        if (step == 1)
        {
            start = w;
            distance = InitialShare * (1 + MathF.Sqrt(SumOfSquares(w)));
        }

        if (Uses(WeightDecay))
            g += WeightDecay * w;
        distance = MathF.Max(distance, MathF.Sqrt(SumOfSquares(w - start)));
        squares += SumOfSquares(g);
        w -= LearningRate * (distance / MathF.Sqrt(squares + Epsilon)) * g;
    }
}
