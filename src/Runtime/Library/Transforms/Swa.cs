namespace OptGen;

/// <summary>
/// Stochastic weight averaging: the mean of the parameters at every k-th step from some step on, the optimizer's <c>Average</c>.
/// <code>
/// t ≥ t₀ and (t − t₀) divisible by k: a = a + (w − a)/n, n = (t − t₀)/k + 1        t &lt; t₀: a = w
/// </code>
/// </summary>
/// <remarks>Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018.</remarks>
/// <example><c>[Swa(AverageStart = 7_500, AverageEvery = 100)]</c>, and predictions with <c>optimizer.Average</c>.</example>
[Chain(ChainPosition.Average)]
public sealed class Swa : ParameterTransform
{
    /// <summary>t₀, the first step that counts; 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int AverageStart { get; set; } = 1;

    /// <summary>k, the steps from one that counts to the next; 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int AverageEvery { get; set; } = 1;

    /// <summary>Takes the parameter into the mean.</summary>
    [Apply]
    public void Follow(ref float w, [State(Exact = true, SecondWeights = true)] ref float average, int step)
    {
        float since = step - AverageStart;
        bool counts = since >= 0 && since % AverageEvery == 0;
        float mean = average + (w - average) / (MathF.Max(since, 0) / AverageEvery + 1);
        average = since < 0 ? w : counts ? mean : average;
    }
}
