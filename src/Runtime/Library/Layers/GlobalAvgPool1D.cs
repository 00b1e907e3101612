using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The mean of each channel over the whole sequence (steps, channels), which leaves the channels alone:
/// <code>
/// y[c] = 1/n · Σ x[p, c]
/// </code>
/// </summary>
/// <remarks>Lin, Chen and Yan, "Network in network", 2014.</remarks>
/// <example><c>[GlobalAvgPool1D]</c> makes one number of each channel of a sequence.</example>
public sealed class GlobalAvgPool1D : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 2)
            throw new ArgumentException("a pooling of sequences needs an input of steps and channels");
        return Reshape(Mean(x, 0), x.Shape[1]);
    }
}
