namespace OptGen;

/// <summary>How windows lie along an axis.</summary>
internal static class Window
{
    /// <summary>How many windows there are, and how many padded positions lie before the first element.</summary>
    /// <param name="size">Elements along the axis.</param>
    /// <param name="kernel">Elements that a window covers.</param>
    /// <param name="stride">Steps between neighbouring windows.</param>
    /// <param name="dilation">Steps between neighbouring elements of a window.</param>
    /// <param name="before">Padded positions before the first element.</param>
    /// <param name="after">Those behind the last one; negative for as many.</param>
    /// <param name="same">Whether there are to be as many windows as elements, divided by the stride and rounded up.</param>
    /// <param name="ceil">Whether a last window that reaches beyond the padding counts, if it begins before the padding behind the last element.</param>
    public static (int Count, int Before) Of(int size, int kernel, int stride, int dilation, int before, int after = -1, bool same = false, bool ceil = false)
    {
        Check(stride, dilation, before);
        int reach = dilation * (kernel - 1) + 1;
        if (same)
        {
            int count = (size + stride - 1) / stride, missing = (count - 1) * stride + reach - size;
            return (count, missing > 0 ? missing / 2 : 0);
        }

        int padded = size + before + (after < 0 ? before : after);
        if (reach > padded)
            throw new ArgumentException($"a window of {reach} does not fit into {size} elements with a padding of {padded - size} in all");
        int whole = (padded - reach) / stride + 1;
        bool isBegun = ceil && (padded - reach) % stride != 0 && whole * stride < size + before;
        return (isBegun ? whole + 1 : whole, before);
    }

    /// <summary>Refuses strides, dilations and paddings that no windows have.</summary>
    public static void Check(int stride, int dilation, int padding)
    {
        if (stride <= 0)
            throw new ArgumentException($"the stride is {stride}, but must be positive", "Stride");
        if (dilation <= 0)
            throw new ArgumentException($"the dilation is {dilation}, but must be positive", "Dilation");
        if (padding < 0)
            throw new ArgumentException($"the padding is {padding}, but must not be negative", "Padding");
    }

    /// <summary>Refuses a padding of which a window of a pooling could lie in nothing but padding.</summary>
    public static void CheckPadding(int padding, int kernel, int dilation, string name)
    {
        int reach = dilation * (kernel - 1) + 1;
        if (padding > reach / 2)
            throw new ArgumentException($"a padding of {padding} is more than half of a window of {reach}", name);
    }
}
