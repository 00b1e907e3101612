namespace OptGen;

/// <summary>The axes over which a layer normalizes.</summary>
internal static class LastAxes
{
    /// <summary>The numbers of the last axes of a tensor, and their sizes.</summary>
    public static (int[] Axes, int[] Shape) Of(Tensor x, int axes)
    {
        if (axes < 1 || axes > x.Rank)
            throw new ArgumentException($"{axes} axes can't be normalized: the input has {x.Rank}", nameof(axes));
        int[] last = new int[axes], shape = new int[axes];
        for (int i = 0; i < axes; i++)
        {
            last[i] = x.Rank - axes + i;
            shape[i] = x.Shape[last[i]];
        }

        return (last, shape);
    }
}
