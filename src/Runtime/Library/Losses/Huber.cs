namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Squared near the target, linear far from it:
    /// <code>
    /// ½(y − t)² for |y − t| ≤ δ, else δ(|y − t| − ½δ)
    /// </code>
    /// </summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">What it should be.</param>
    /// <param name="delta">The distance δ from which on it is linear, 1 by default.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Huber, "Robust estimation of a location parameter", 1964.</remarks>
    public static Tensor Huber(Tensor prediction, Tensor target, float delta = 1, Reduction reduction = Reduction.Mean)
    {
        Argument.Positive(delta, nameof(delta));
        return Reduce(Map(prediction - Target.Of(prediction, target), d => MathF.Abs(d) <= delta ? 0.5f * d * d : delta * (MathF.Abs(d) - 0.5f * delta)), reduction);
    }
}
