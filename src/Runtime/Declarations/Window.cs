namespace OptGen;

/// <summary>How windows lie along an axis.</summary>
internal static class Window
{
    /// <summary>How many windows there are, and how many padded positions lie before the first element.</summary>
    public static (int Count, int Before) Of(int size, int kernel, int stride, int dilation, int padding, bool same)
    {
        if (stride <= 0)
            throw new ArgumentException($"the stride is {stride}, but must be positive", "Stride");
        if (dilation <= 0)
            throw new ArgumentException($"the dilation is {dilation}, but must be positive", "Dilation");
        if (padding < 0)
            throw new ArgumentException($"the padding is {padding}, but must not be negative", "Padding");
        int reach = dilation * (kernel - 1) + 1;
        if (same)
        {
            int count = (size + stride - 1) / stride, missing = (count - 1) * stride + reach - size;
            return (count, missing > 0 ? missing / 2 : 0);
        }

        if (reach > size + 2 * padding)
            throw new ArgumentException($"a window of {reach} does not fit into {size} elements with a padding of {padding}");
        return ((size + 2 * padding - reach) / stride + 1, padding);
    }
}
