using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The largest element of each channel over the whole sequence (steps, channels), which leaves the channels alone:
/// <code>
/// y[c] = max x[p, c]
/// </code>
/// </summary>
/// <remarks>Collobert et al., "Natural language processing (almost) from scratch", 2011.</remarks>
/// <example><c>[GlobalMaxPool1D]</c> makes one number of each channel of a sequence.</example>
public sealed class GlobalMaxPool1D : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 2)
            throw new ArgumentException("a pooling of sequences needs an input of steps and channels");
        return Reshape(Max(x, 0), x.Shape[1]);
    }
}
