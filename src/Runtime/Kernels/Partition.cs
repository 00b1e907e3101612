namespace OptGen.Kernels;

/// <summary>Divides a loop into parts that begin at multiples of a granularity.</summary>
public static class Partition
{
    /// <summary>Where part <paramref name="part"/> of <paramref name="parts"/> begins; part number <paramref name="parts"/> begins at <paramref name="extent"/>.</summary>
    public static int Begin(int extent, int granularity, int part, int parts)
    {
        int blocks = (extent + granularity - 1) / granularity;
        return (int)Math.Min(extent, (long)blocks * part / parts * granularity);
    }
}
