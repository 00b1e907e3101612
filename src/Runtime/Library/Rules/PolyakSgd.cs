namespace OptGen;

/// <summary>
/// Gradient descent with Polyak's step size: how far the loss lies above its least value, over the squared gradient.
/// <code>
/// w = w − η · min((f − f*) / (‖G‖² + ε), γ) · g
/// </code>
/// f is the loss of the step and ‖G‖ the norm over all parameters; no step is taken where ‖G‖² + ε is at most 2⁻⁵². <c>Step</c> takes the loss as a further argument.
/// </summary>
/// <remarks>
/// Loizou et al., "Stochastic Polyak step-size for SGD: an adaptive learning rate for fast convergence", 2021; <c>Positive</c> after Garrigos et al., "Function value
/// learning", 2023.
/// </remarks>
/// <example><c>[PolyakSgd]</c> needs no learning rate where the least loss is about zero.</example>
public sealed class PolyakSgd : UpdateRule
{
    /// <summary>Factor η on the step size, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>γ, the largest step size; 1 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float MaxRate { get; set; } = 1f;

    /// <summary>f*, what the loss can't fall below; 0 by default.</summary>
    [Hyper]
    public float LowerBound { get; set; }

    /// <summary>ε, a term of the divisor; 0 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; }

    /// <summary>Takes no step where the loss is below f*, instead of one uphill. An option, fixed where the attribute is written; false by default.</summary>
    public bool Positive { get; set; }

    /// <summary>The squared norm over all parameters.</summary>
    [Reduce(Over.Everything)]
    public float SumOfSquares(float g) => g * g;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [Loss] float loss)
    {
        float squares = SumOfSquares(g) + Epsilon, gap = loss - LowerBound;
        if (Positive)
            gap = MathF.Max(gap, 0);
        float rate = squares > 2.220446e-16f ? MathF.Min(gap / squares, MaxRate) : 0;
        w -= LearningRate * rate * g;
    }
}
