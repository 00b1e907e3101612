using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The mean of each channel over the whole image (height, width, channels), which leaves the channels alone:
/// <code>
/// y[c] = 1/(h·w) · Σ x[p, q, c]
/// </code>
/// </summary>
/// <remarks>Lin, Chen and Yan, "Network in network", 2014.</remarks>
/// <example><c>[GlobalAvgPool2D]</c> makes one number of each channel of an image.</example>
public sealed class GlobalAvgPool2D : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 3)
            throw new ArgumentException("a pooling of images needs an input of height, width and channels");
        return Reshape(Mean(x, 0, 1), x.Shape[2]);
    }
}
