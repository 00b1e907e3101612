using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The largest element of each window of an image (height, width, channels):
/// <code>
/// y[p, q, c] = maxᵢⱼ x[s·p + d·i − t, s·q + d·j − t, c]
/// </code>
/// with stride s, dilation d and padding t, which is never the largest.
/// </summary>
/// <param name="kernel">Height of a window, and its width unless <see cref="KernelWidth"/> is given.</param>
/// <remarks>Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.</remarks>
/// <example><c>[MaxPool2D(2)]</c> keeps the largest of each 2 × 2 elements.</example>
public sealed class MaxPool2D(int kernel) : Layer
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

    /// <summary>Steps between neighbouring elements of a window, 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Whether a last window counts that reaches beyond the padding: the number of windows is rounded up.</summary>
    public bool Ceil { get; init; }

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
        (int rows, int top) = Window.Of(x.Shape[0], kernel, stride, Dilation, Padding, ceil: Ceil);
        (int columns, int left) = Window.Of(x.Shape[1], width, across, Dilation, side, ceil: Ceil);
        Window.CheckPadding(top, kernel, Dilation, nameof(Padding));
        Window.CheckPadding(left, width, Dilation, PaddingWidth < 0 ? nameof(Padding) : nameof(PaddingWidth));
        Tensor windows;
        if (stride == kernel && across == width && top == 0 && left == 0 && Dilation == 1 && !Ceil)
        {
            // Windows side by side are the same elements under another shape.
            Tensor covered = Slice(Slice(x, 0, 0, rows * kernel), 1, 0, columns * width);
            windows = Reshape(covered, rows, kernel, columns, width, channels);
        }
        else
        {
            string formula = $"[{stride}*p + {Dilation}*i - {top}, {across}*q + {Dilation}*j - {left}, c] -> [p:{rows}, i:{kernel}, q:{columns}, j:{width}, c]";
            windows = View(formula, x, float.NegativeInfinity);
        }

        return Reshape(Max(windows, 1, 3), rows, columns, channels);
    }
}
