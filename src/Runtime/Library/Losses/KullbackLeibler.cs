namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Divergence of predicted log-probabilities (along the last axis) from target probabilities, for each row:
    /// <code>
    /// Σᵢ tᵢ(log tᵢ − lᵢ)
    /// </code>
    /// </summary>
    /// <param name="logProbabilities">Logarithms of the predicted probabilities.</param>
    /// <param name="target">The probabilities that they should be.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Kullback and Leibler, "On information and sufficiency", 1951.</remarks>
    public static Tensor KullbackLeibler(Tensor logProbabilities, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(Sum(Map(LogProbabilities(logProbabilities), Target.Of(logProbabilities, target), (l, t) => t > 0 ? t * (MathF.Log(t) - l) : 0), axis: -1), reduction);
}
