using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// In training, sets a random share of the elements to 0 and scales the others so that the mean stays; in prediction, the input as it is.
/// <code>
/// y = x · (u ≥ p) / (1 − p)        u uniform in [0, 1)
/// </code>
/// Which elements stay is a function of seed, step and position; it is computed again in the backward pass instead of being stored.
/// </summary>
/// <param name="rate">Share p of the elements that are set to 0, 0.5 by default.</param>
/// <remarks>Srivastava et al., "Dropout", 2014.</remarks>
/// <example><c>[Dropout(0.2f)]</c> drops a fifth of the elements in training.</example>
public sealed class Dropout(float rate = 0.5f) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentException($"a share of {rate} can't be dropped: it must be at least 0 and less than 1", nameof(rate));
        if (rate == 0 || !IsTraining())
            return x;
        float scale = 1 / (1 - rate);
        return Map(x, RandomUniform(x), (value, random) => random >= rate ? value * scale : 0);
    }
}
