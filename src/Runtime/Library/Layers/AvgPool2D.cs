using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The mean of each window of an image (height, width, channels):
/// <code>
/// y[p, q, c] = 1/k² · Σᵢⱼ x[s·p + i − t, s·q + j − t, c]
/// </code>
/// with stride s and padding t. Positions in the padding count as 0.
/// </summary>
/// <param name="kernel">Height of a window, and its width unless <see cref="KernelWidth"/> is given.</param>
/// <remarks>LeCun et al., "Gradient-based learning applied to document recognition", 1998.</remarks>
/// <example><c>[AvgPool2D(2)]</c> keeps the mean of each 2 × 2 elements.</example>
public sealed class AvgPool2D(int kernel) : Layer
{
    /// <summary>Width of a window where it is not its height.</summary>
    public int KernelWidth { get; init; }

    /// <summary>Steps between neighbouring windows; the size of a window by default.</summary>
    public int Stride { get; init; }

    /// <summary>Steps along a row where they are not those along a column.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Rows and columns of padding around the image, 0 by default and at most half of a window.</summary>
    public int Padding { get; init; }

    /// <summary>Columns of padding on the left and right where they are not as many as the rows.</summary>
    public int PaddingWidth { get; init; } = -1;

    /// <summary>Whether a last window counts that reaches beyond the padding: the number of windows is rounded up. What lies beyond the padding never counts.</summary>
    public bool Ceil { get; init; }

    /// <summary>Whether positions in the padding count in the mean, as they do by default.</summary>
    public bool CountPadding { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        ArgumentOutOfRangeException.ThrowIfNegative(KernelWidth);
        ArgumentOutOfRangeException.ThrowIfNegative(Stride);
        ArgumentOutOfRangeException.ThrowIfNegative(StrideWidth);
        if (x.Rank != 3)
            throw new ArgumentException("a pooling of images needs an input of height, width and channels");
        int width = KernelWidth > 0 ? KernelWidth : kernel, stride = Stride > 0 ? Stride : kernel;
        int across = StrideWidth > 0 ? StrideWidth : Stride > 0 ? Stride : width, side = PaddingWidth < 0 ? Padding : PaddingWidth, channels = x.Shape[2];
        (int rows, int top) = Window.Of(x.Shape[0], kernel, stride, 1, Padding, ceil: Ceil);
        (int columns, int left) = Window.Of(x.Shape[1], width, across, 1, side, ceil: Ceil);
        Window.CheckPadding(top, kernel, 1, nameof(Padding));
        Window.CheckPadding(left, width, 1, PaddingWidth < 0 ? nameof(Padding) : nameof(PaddingWidth));
        bool isPadded = top > 0 || left > 0;
        Tensor windows;
        if (stride == kernel && across == width && !isPadded && !Ceil)
        {
            // Windows side by side are the same elements under another shape.
            Tensor covered = Slice(Slice(x, 0, 0, rows * kernel), 1, 0, columns * width);
            windows = Reshape(covered, rows, kernel, columns, width, channels);
        }
        else
        {
            windows = View($"[{stride}*p + i - {top}, {across}*q + j - {left}, c] -> [p:{rows}, i:{kernel}, q:{columns}, j:{width}, c]", x, 0);
        }

        if (!Ceil && (CountPadding || !isPadded))
            return Reshape(Mean(windows, 1, 3), rows, columns, channels);
        Tensor down = Reshape(Counted(rows, kernel, stride, top, x.Shape[0]), rows, 1, 1), along = Reshape(Counted(columns, width, across, left, x.Shape[1]), columns, 1);
        return Reshape(Sum(windows, 1, 3), rows, columns, channels) / (down * along);
    }

    /// <summary>How many positions of each window along an axis count.</summary>
    private Tensor Counted(int windows, int length, int stride, int before, int size)
    {
        int from = CountPadding ? 0 : before, to = CountPadding ? size + 2 * before : size + before;
        return Map(Iota(windows), index => MathF.Min(index * stride + length, to) - MathF.Max(index * stride, from));
    }
}
