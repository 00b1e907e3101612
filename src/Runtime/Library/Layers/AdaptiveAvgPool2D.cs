using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The mean of each window of an image (height, width, channels), whose windows are laid so that there are as many as wanted, whatever the size of the image:
/// <code>
/// y[p, q, c] = mean of x over rows ⌊p·h/m⌋ … ⌈(p + 1)·h/m⌉ − 1 and columns ⌊q·w/n⌋ … ⌈(q + 1)·w/n⌉ − 1
/// </code>
/// with images of h × w and results of m × n.
/// </summary>
/// <param name="size">Height of the result, and its width unless <see cref="Width"/> is given.</param>
/// <remarks>PyTorch's AdaptiveAvgPool2d.</remarks>
/// <example><c>[AdaptiveAvgPool2D(7)]</c> makes images of 7 × 7 from images of any size.</example>
public sealed class AdaptiveAvgPool2D(int size) : Layer
{
    /// <summary>Width of the result where it is not its height.</summary>
    public int Width { get; init; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => AdaptiveWindows.Pool(x, size, Width, (windows, axis) => Mean(windows, axis));
}
