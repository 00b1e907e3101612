using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The largest element of each window of an image (height, width, channels), whose windows are laid so that there are as many as wanted, whatever the size of the image:
/// <code>
/// y[p, q, c] = max of x over rows ⌊p·h/m⌋ … ⌈(p + 1)·h/m⌉ − 1 and columns ⌊q·w/n⌋ … ⌈(q + 1)·w/n⌉ − 1
/// </code>
/// with images of h × w and results of m × n.
/// </summary>
/// <param name="size">Height of the result, and its width unless <see cref="Width"/> is given.</param>
/// <remarks>PyTorch's AdaptiveMaxPool2d.</remarks>
/// <example><c>[AdaptiveMaxPool2D(7)]</c> makes images of 7 × 7 from images of any size.</example>
public sealed class AdaptiveMaxPool2D(int size) : Layer
{
    /// <summary>Width of the result where it is not its height.</summary>
    public int Width { get; init; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegative(Width);
        if (x.Rank != 3)
            throw new ArgumentException("a pooling of images needs an input of height, width and channels");
        return Pool(Pool(x, 0, size), 1, Width > 0 ? Width : size);
    }

    private static Tensor Pool(Tensor x, int axis, int windows)
    {
        int length = x.Shape[axis];
        if (windows == length)
            return x;
        if (length % windows == 0)
        {
            // Windows of one size side by side are the same elements under another shape.
            int height = axis == 0 ? windows : x.Shape[0], width = axis == 0 ? x.Shape[1] : windows;
            Tensor grouped = axis == 0
                ? Reshape(x, windows, length / windows, width, x.Shape[2])
                : Reshape(x, height, windows, length / windows, x.Shape[2]);
            return Reshape(Max(grouped, axis + 1), height, width, x.Shape[2]);
        }

        Tensor[] pooled = new Tensor[windows];
        for (int p = 0; p < windows; p++)
        {
            int start = p * length / windows, end = ((p + 1) * length + windows - 1) / windows;
            pooled[p] = Max(Slice(x, axis, start, end - start), axis);
        }

        return Concat(axis, pooled);
    }
}
