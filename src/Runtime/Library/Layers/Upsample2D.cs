using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Enlarges images (height, width, channels) by a whole factor, or to a given size: each element is repeated, or, if <see cref="Bilinear"/>, what lies between elements is interpolated.
/// <code>
/// y[p, q, c] = x[⌊p/f⌋, ⌊q/f⌋, c]
/// </code>
/// </summary>
/// <param name="factor">How many times as high and wide the result is, 1 by default.</param>
/// <remarks>PyTorch's Upsample.</remarks>
/// <example><c>[Upsample2D(2, Bilinear = true)]</c> makes images that are twice as high and wide.</example>
public sealed class Upsample2D(int factor = 1) : Layer
{
    /// <summary>Height of the result where it is not the factor that says it.</summary>
    public int Height { get; init; }

    /// <summary>Width of the result where it is not the factor that says it.</summary>
    public int Width { get; init; }

    /// <summary>Interpolates linearly along both axes, with the centres of elements as they lie on the enlarged image (PyTorch's <c>align_corners=False</c>).</summary>
    public bool Bilinear { get; init; }

    /// <summary>Interpolates so that the outermost elements of both images lie upon each other (PyTorch's <c>align_corners=True</c>).</summary>
    public bool AlignCorners { get; init; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        ArgumentOutOfRangeException.ThrowIfNegative(Height);
        ArgumentOutOfRangeException.ThrowIfNegative(Width);
        if (x.Rank != 3)
            throw new ArgumentException("an upsampling of images needs an input of height, width and channels");
        if (AlignCorners && !Bilinear)
            throw new ArgumentException("corners are aligned where elements are interpolated: set Bilinear, too", nameof(AlignCorners));
        int height = Height > 0 ? Height : factor * x.Shape[0], width = Width > 0 ? Width : factor * x.Shape[1];
        return Resize(Resize(x, 0, height), 1, width);
    }

    private Tensor Resize(Tensor x, int axis, int size)
    {
        int old = x.Shape[axis];
        if (size == old)
            return x;
        return size % old == 0 && !AlignCorners ? Enlarge(x, axis, size / old) : Interpolate(x, axis, size);
    }

    /// <summary>A whole number of elements for each one.</summary>
    private Tensor Enlarge(Tensor x, int axis, int times)
    {
        int height = x.Shape[0], width = x.Shape[1], channels = x.Shape[2], size = x.Shape[axis];
        Tensor spread = axis == 0 ? Reshape(x, size, 1, width, channels) : Reshape(x, height, size, 1, channels);
        Tensor phase = axis == 0 ? Reshape(Iota(times), times, 1, 1) : Reshape(Iota(times), times, 1);
        int rows = axis == 0 ? height * times : height, columns = axis == 1 ? width * times : width;
        if (!Bilinear || size == 1)
            return Reshape(spread + 0 * phase, rows, columns, channels);
        // The neighbours of an element; at the border, the element itself.
        Tensor before = Concat(axis, Slice(x, axis, 0, 1), Slice(x, axis, 0, size - 1)), after = Concat(axis, Slice(x, axis, 1, size - 1), Slice(x, axis, size - 1, 1));
        int[] shape = spread.Shape;
        Tensor offset = Map(phase, index => (index + 0.5f) / times - 0.5f);
        Tensor y = spread + Map(offset, Reshape(after, shape) - spread, (t, step) => t > 0 ? t * step : 0)
            + Map(offset, spread - Reshape(before, shape), (t, step) => t < 0 ? t * step : 0);
        return Reshape(y, rows, columns, channels);
    }

    /// <summary>Any number of elements: sums over the old ones with the share that each has in a new one.</summary>
    private Tensor Interpolate(Tensor x, int axis, int size)
    {
        int old = x.Shape[axis];
        float ratio = !AlignCorners ? (float)old / size : size > 1 ? (old - 1f) / (size - 1f) : 0;
        float half = AlignCorners ? 0 : 0.5f;
        Tensor shares = Map(Reshape(Iota(size), size, 1), Iota(old), (index, element) =>
        {
            if (!Bilinear)
                return MathF.Floor(index * old / size) == element ? 1 : 0;
            float source = MathF.Min(MathF.Max((index + half) * ratio - half, 0), old - 1);
            return MathF.Max(0, 1 - MathF.Abs(source - element));
        });
        return axis == 0 ? Contract("[i, w, c] · [p, i] -> [p, w, c]", x, shares) : Contract("[h, i, c] · [q, i] -> [h, q, c]", x, shares);
    }
}
