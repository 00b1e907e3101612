using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// In training, sets a random share of the channels of images (height, width, channels) to 0 as a whole and scales the others so that the mean stays; in prediction, the input as it is.
/// <code>
/// y[p, q, c] = x[p, q, c] · (u[c] ≥ p) / (1 − p)        u uniform in [0, 1)
/// </code>
/// Neighbouring elements of a channel are alike, so that dropping some of them alone hides little.
/// </summary>
/// <param name="rate">Share p of the channels that are set to 0, 0.5 by default.</param>
/// <remarks>Tompson et al., "Efficient object localization using convolutional networks", 2015.</remarks>
/// <example><c>[Dropout2D(0.2f)]</c> drops a fifth of the channels in training.</example>
public sealed class Dropout2D(float rate = 0.5f) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentException($"a share of {rate} can't be dropped: it must be at least 0 and less than 1", nameof(rate));
        if (x.Rank != 3)
            throw new ArgumentException("a dropout of channels of images needs an input of height, width and channels");
        if (rate == 0 || !IsTraining())
            return x;
        float scale = 1 / (1 - rate);
        Tensor channel = Slice(Slice(x, 0, 0, 1), 1, 0, 1);
        return Map(x, RandomUniform(channel), (value, random) => random >= rate ? value * scale : 0);
    }
}
