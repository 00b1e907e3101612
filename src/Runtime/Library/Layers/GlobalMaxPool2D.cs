using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The largest element of each channel over the whole image (height, width, channels), which leaves the channels alone:
/// <code>
/// y[c] = max x[p, q, c]
/// </code>
/// </summary>
/// <remarks>Oquab et al., "Is object localization for free?", 2015.</remarks>
/// <example><c>[GlobalMaxPool2D]</c> makes one number of each channel of an image.</example>
public sealed class GlobalMaxPool2D : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 3)
            throw new ArgumentException("a pooling of images needs an input of height, width and channels");
        return Reshape(Max(x, 0, 1), x.Shape[2]);
    }
}
