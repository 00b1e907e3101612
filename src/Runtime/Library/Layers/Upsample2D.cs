using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Enlarges images (height, width, channels) by a whole factor: each element is repeated, or, if <see cref="Bilinear"/>, what lies between elements is interpolated.
/// <code>
/// y[p, q, c] = x[⌊p/f⌋, ⌊q/f⌋, c]
/// </code>
/// </summary>
/// <param name="factor">How many times as high and wide the result is.</param>
/// <remarks>PyTorch's Upsample with align_corners=False.</remarks>
/// <example><c>[Upsample2D(2, Bilinear = true)]</c> makes images that are twice as high and wide.</example>
public sealed class Upsample2D(int factor) : Layer
{
    /// <summary>Interpolates linearly along both axes, with the centres of elements as they lie on the enlarged image (PyTorch's <c>align_corners=False</c>).</summary>
    public bool Bilinear { get; init; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        if (x.Rank != 3)
            throw new ArgumentException("an upsampling of images needs an input of height, width and channels");
        return Enlarge(Enlarge(x, 0), 1);
    }

    private Tensor Enlarge(Tensor x, int axis)
    {
        int height = x.Shape[0], width = x.Shape[1], channels = x.Shape[2], size = x.Shape[axis];
        Tensor spread = axis == 0 ? Reshape(x, size, 1, width, channels) : Reshape(x, height, size, 1, channels);
        Tensor phase = axis == 0 ? Reshape(Iota(factor), factor, 1, 1) : Reshape(Iota(factor), factor, 1);
        int rows = axis == 0 ? height * factor : height, columns = axis == 1 ? width * factor : width;
        if (!Bilinear || size == 1)
            return Reshape(spread + 0 * phase, rows, columns, channels);

        // The neighbours of an element; at the border, the element itself.
        Tensor before = Concat(axis, Slice(x, axis, 0, 1), Slice(x, axis, 0, size - 1)), after = Concat(axis, Slice(x, axis, 1, size - 1), Slice(x, axis, size - 1, 1));
        int[] shape = spread.Shape;
        Tensor offset = Map(phase, index => (index + 0.5f) / factor - 0.5f);
        Tensor y = spread + Map(offset, Reshape(after, shape) - spread, (t, step) => t > 0 ? t * step : 0)
            + Map(offset, spread - Reshape(before, shape), (t, step) => t < 0 ? t * step : 0);
        return Reshape(y, rows, columns, channels);
    }
}
