namespace OptGen;

/// <summary>
/// Averages the gradients of several micro-batches; parameters change, and the step counts, with the last of them.
/// <code>
/// Σ = Σ + g        every k-th time: g = Σ/k, Σ = 0
/// </code>
/// A loss that a later stage reads is averaged with them.
/// </summary>
/// <param name="steps">How many micro-batches make one step.</param>
/// <remarks>As <c>optax.MultiSteps</c>.</remarks>
/// <example><c>[Accumulate(4)]</c> takes four calls for one update; <c>optimizer.IsHeld</c> says whether the last call was none.</example>
[Chain(ChainPosition.Accumulate)]
public sealed class Accumulate(int steps) : GradientTransform
{
    /// <summary>k, how many micro-batches make one step.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int MicroBatches { get; set; } = steps;

    /// <summary>The mean of the gradients, and of their losses.</summary>
    [Apply]
    public float Average(
        float g,
        [Loss] ref float loss,
        [State(Exact = true)] ref float gradientSum,
        [State(Over.Everything)] ref float microBatch,
        [State(Over.Everything)] ref float lossSum)
    {
        bool waits = microBatch + 1 < MicroBatches;
        Hold(waits);
        float sum = gradientSum + g;
        float mean = sum / (microBatch + 1);
        gradientSum = waits ? sum : 0;
        float losses = lossSum + loss;
        loss = losses / (microBatch + 1);
        lossSum = waits ? losses : 0;
        microBatch = waits ? microBatch + 1 : 0;
        return mean;
    }
}
