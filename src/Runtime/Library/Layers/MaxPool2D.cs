using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The largest element of each window of an image (height, width, channels):
/// <code>
/// y[p, q, c] = maxᵢⱼ x[s·p + i − t, s·q + j − t, c]
/// </code>
/// with stride s and padding t.
/// </summary>
/// <param name="kernel">Height and width of a window.</param>
/// <remarks>Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.</remarks>
/// <example><c>[MaxPool2D(2)]</c> keeps the largest of each 2 × 2 elements.</example>
public sealed class MaxPool2D(int kernel) : Layer
{
    /// <summary>Steps between neighbouring windows; the size of a window by default.</summary>
    public int Stride { get; init; }

    /// <summary>Rows and columns of padding around the image, 0 by default.</summary>
    public int Padding { get; init; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        if (x.Rank != 3)
            throw new ArgumentException("a pooling of images needs an input of height, width and channels");
        int stride = Stride > 0 ? Stride : kernel, channels = x.Shape[2];
        (int rows, int top) = Window.Of(x.Shape[0], kernel, stride, 1, Padding, same: false);
        (int columns, int left) = Window.Of(x.Shape[1], kernel, stride, 1, Padding, same: false);
        Tensor windows;
        if (stride == kernel && Padding == 0)
        {
            // Windows side by side are the same elements under another shape.
            Tensor covered = Slice(Slice(x, 0, 0, rows * kernel), 1, 0, columns * kernel);
            windows = Reshape(covered, rows, kernel, columns, kernel, channels);
        }
        else
        {
            windows = View($"[{stride}*p + i - {top}, {stride}*q + j - {left}, c] -> [p:{rows}, i:{kernel}, q:{columns}, j:{kernel}, c]", x, float.NegativeInfinity);
        }

        return Reshape(Max(windows, 1, 3), rows, columns, channels);
    }
}
