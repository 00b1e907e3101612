namespace OptGen;

/// <summary>
/// Keeps an exponential moving average of the parameters, which often predicts better than they do: the optimizer's <c>Average</c>.
/// <code>
/// a = βa + (1 − β)w, a₀ = w₀
/// </code>
/// </summary>
/// <param name="decay">Memory β.</param>
/// <remarks>Polyak and Juditsky, 1992; Tarvainen and Valpola, "Mean teachers are better role models", 2017.</remarks>
/// <example><c>[Ema(0.999f)]</c>, and predictions with <c>optimizer.Average</c>.</example>
[Chain(ChainPosition.Average)]
public sealed class Ema(float decay) : ParameterTransform
{
    /// <summary>Memory β of the average, often 0.999.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float AverageDecay { get; set; } = decay;

    /// <summary>Takes the parameter into the average.</summary>
    [Apply]
    public void Follow(ref float w, float previous, [State(Exact = true, SecondWeights = true)] ref float average, int step)
    {
        float before = step == 1 ? previous : average;
        average = before + (1 - AverageDecay) * (w - before);
    }
}
