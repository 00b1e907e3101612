using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// A dropout for networks of <see cref="Ops.Selu(Tensor)"/>: in training, a random share of the elements is set to what that function tends to, and all are scaled and shifted so that mean 0 and
/// variance 1 stay; in prediction, the input as it is.
/// <code>
/// y = a · (x if u ≥ p, else α′) + b        a = 1/√((1 − p)(1 + p·α′²)), b = −a·p·α′, α′ = −1.7581
/// </code>
/// </summary>
/// <param name="rate">Share p of the elements that are dropped, 0.5 by default.</param>
/// <remarks>Klambauer et al., "Self-normalizing neural networks", 2017.</remarks>
/// <example><c>[AlphaDropout(0.1f)]</c> drops a tenth of the elements in training.</example>
public sealed class AlphaDropout(float rate = 0.5f) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentException($"a share of {rate} can't be dropped: it must be at least 0 and less than 1", nameof(rate));
        if (rate == 0 || !IsTraining())
            return x;
        const float Dropped = -1.7580993408473766f;
        float scale = 1 / MathF.Sqrt((1 - rate) * (1 + rate * Dropped * Dropped)), shift = -scale * rate * Dropped;
        return Map(x, RandomUniform(x), (value, random) => scale * (random >= rate ? value : Dropped) + shift);
    }
}
