using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The largest element of each window of a sequence (steps, channels):
/// <code>
/// y[p, c] = maxᵢ x[s·p + d·i − t, c]
/// </code>
/// with stride s, dilation d and padding t, which is never the largest.
/// </summary>
/// <param name="kernel">Steps that a window covers.</param>
/// <remarks>Collobert et al., "Natural language processing (almost) from scratch", 2011.</remarks>
/// <example><c>[MaxPool1D(2)]</c> keeps the larger of each two steps.</example>
public sealed class MaxPool1D(int kernel) : Layer
{
    /// <summary>Steps between neighbouring windows; the length of a window by default.</summary>
    public int Stride { get; init; }

    /// <summary>Steps of padding at each end, 0 by default and at most half of a window.</summary>
    public int Padding { get; init; }

    /// <summary>Steps between neighbouring elements of a window, 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Whether a last window counts that reaches beyond the padding: the number of windows is rounded up.</summary>
    public bool Ceil { get; init; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 2)
            throw new ArgumentException("a pooling of sequences needs an input of steps and channels");
        // A sequence is an image of one column; its windows have one, too.
        MaxPool2D pool = new(kernel) { KernelWidth = 1, StrideWidth = 1, PaddingWidth = 0, Stride = Stride, Padding = Padding, Dilation = Dilation, Ceil = Ceil };
        Tensor y = pool.Forward(Reshape(x, x.Shape[0], 1, x.Shape[1]));
        return Reshape(y, y.Shape[0], y.Shape[2]);
    }
}
