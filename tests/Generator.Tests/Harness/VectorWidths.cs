namespace OptGen.Generator.Tests.Harness;

/// <summary>The widths of vectors that emitted code runs at. Only tests of <see cref="RuntimeSettings"/> may use it, since the width is that of the process.</summary>
internal static class VectorWidths
{
    /// <summary>In bits; 0 stands for single elements.</summary>
    public static readonly int[] All = [512, 256, 128, 0];

    /// <summary>Does something at every width.</summary>
    public static void Each(Action<int> action)
    {
        foreach (int width in All)
            At(width, () => action(width));
    }

    /// <summary>Does something at one width.</summary>
    public static void At(int width, Action action)
    {
        int before = OptGenRuntime.VectorBits;
        OptGenRuntime.VectorBits = width;
        try
        {
            action();
        }
        finally
        {
            OptGenRuntime.VectorBits = before;
        }
    }
}
