using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The mean of each window of a sequence (steps, channels):
/// <code>
/// y[p, c] = 1/k · Σᵢ x[s·p + i − t, c]
/// </code>
/// with stride s and padding t. Positions in the padding count as 0.
/// </summary>
/// <param name="kernel">Steps that a window covers.</param>
/// <remarks>PyTorch's AvgPool1d.</remarks>
/// <example><c>[AvgPool1D(2)]</c> keeps the mean of each two steps.</example>
public sealed class AvgPool1D(int kernel) : Layer
{
    /// <summary>Steps between neighbouring windows; the length of a window by default.</summary>
    public int Stride { get; init; }

    /// <summary>Steps of padding at each end, 0 by default and at most half of a window.</summary>
    public int Padding { get; init; }

    /// <summary>Whether a last window counts that reaches beyond the padding: the number of windows is rounded up. What lies beyond the padding never counts.</summary>
    public bool Ceil { get; init; }

    /// <summary>Whether positions in the padding count in the mean, as they do by default.</summary>
    public bool CountPadding { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 2)
            throw new ArgumentException("a pooling of sequences needs an input of steps and channels");
        // A sequence is an image of one column; its windows have one, too.
        AvgPool2D pool = new(kernel) { KernelWidth = 1, StrideWidth = 1, PaddingWidth = 0, Stride = Stride, Padding = Padding, Ceil = Ceil, CountPadding = CountPadding };
        Tensor y = pool.Forward(Reshape(x, x.Shape[0], 1, x.Shape[1]));
        return Reshape(y, y.Shape[0], y.Shape[2]);
    }
}
