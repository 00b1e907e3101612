namespace OptGen;

/// <summary>
/// Keeps only those parts of a step that go downhill by the current gradient, and enlarges them so that the step keeps its size.
/// <code>
/// Δ = Δ · φ / max(mean φ, 0.001), φ = 1 where Δg &lt; 0, else 0
/// </code>
/// The mean is that of the tensor. It makes any rule cautious: AdamW, Lion, ….
/// </summary>
/// <remarks>Liang et al., "Cautious optimizers: improving training with one line of code", 2024.</remarks>
/// <example><c>[Cautious]</c> after <c>[AdamW]</c> gives the cautious AdamW of the paper.</example>
[Chain(ChainPosition.Update)]
public sealed class Cautious : ParameterTransform
{
    /// <summary>Which share of a tensor's steps goes downhill.</summary>
    [Reduce(Over.Tensor, Reduction.Mean)]
    public float Share(float downhill) => downhill;

    /// <summary>The masked step.</summary>
    [Apply]
    public void Mask(ref float w, float previous, float g)
    {
        float change = w - previous;
        float downhill = change * g < 0 ? 1 : 0;
        w = previous + change * (downhill / MathF.Max(Share(downhill), 1e-3f));
    }
}
