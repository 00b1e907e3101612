using static OptGen.Ops;

namespace OptGen;

/// <summary>Windows that are laid over an image so that there are as many as wanted, whatever its size: window p of m along an axis of n elements goes from ⌊p·n/m⌋ to ⌈(p + 1)·n/m⌉ − 1.</summary>
internal static class AdaptiveWindows
{
    /// <summary>One number for each window.</summary>
    /// <param name="x">Height, width, channels.</param>
    /// <param name="size">Windows along the height, and along the width unless that is given.</param>
    /// <param name="across">Windows along the width; 0 for as many.</param>
    /// <param name="reduce">What becomes of a window, along an axis.</param>
    public static Tensor Pool(Tensor x, int size, int across, Func<Tensor, int, Tensor> reduce)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (across < 0)
            throw new ArgumentException($"'Width' is {across}, but must not be negative", "Width");
        if (x.Rank != 3)
            throw new ArgumentException("a pooling of images needs an input of height, width and channels");
        return Along(Along(x, 0, size, reduce), 1, across > 0 ? across : size, reduce);
    }

    private static Tensor Along(Tensor x, int axis, int windows, Func<Tensor, int, Tensor> reduce)
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
            return Reshape(reduce(grouped, axis + 1), height, width, x.Shape[2]);
        }

        Tensor[] pooled = new Tensor[windows];
        for (int p = 0; p < windows; p++)
        {
            int start = p * length / windows, end = ((p + 1) * length + windows - 1) / windows;
            pooled[p] = reduce(Slice(x, axis, start, end - start), axis);
        }

        return Concat(axis, pooled);
    }
}
