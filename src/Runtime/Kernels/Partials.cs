using System.Numerics;

namespace OptGen.Kernels;

/// <summary>
/// What a reduction over a long run gives for each block of it. Blocks are the same however they are divided among threads, and so is the total; it is taken in double
/// precision, which a single sum of many small numbers would need.
/// </summary>
public static class Partials
{
    /// <summary>Elements of a block.</summary>
    public const int Block = 8_192;

    /// <summary>How many blocks a run of some length has.</summary>
    public static int Count(int length) => (length + Block - 1) / Block;

    /// <summary>The sum of a run, from those of its blocks.</summary>
    public static double Sum<T>(ReadOnlySpan<T> blocks)
        where T : unmanaged, INumberBase<T>
    {
        double total = 0;
        foreach (T block in blocks)
            total += double.CreateTruncating(block);
        return total;
    }

    /// <summary>The largest number of a run, from those of its blocks; NaN if there is one.</summary>
    public static double Max<T>(ReadOnlySpan<T> blocks)
        where T : unmanaged, INumberBase<T>
    {
        double largest = double.NegativeInfinity;
        foreach (T block in blocks)
            largest = Math.Max(largest, double.CreateTruncating(block));
        return largest;
    }

    /// <summary>The sum of each row, from those of its blocks.</summary>
    /// <param name="blocks">The numbers of the first row's blocks, then those of the next.</param>
    /// <param name="rows">Takes one number for each row.</param>
    public static void SumRows<T>(ReadOnlySpan<T> blocks, Span<T> rows)
        where T : unmanaged, INumberBase<T> => JoinRows(blocks, rows, Sum<T>);

    /// <summary>The largest number of each row, from those of its blocks; NaN if there is one.</summary>
    /// <param name="blocks">The numbers of the first row's blocks, then those of the next.</param>
    /// <param name="rows">Takes one number for each row.</param>
    public static void MaxRows<T>(ReadOnlySpan<T> blocks, Span<T> rows)
        where T : unmanaged, INumberBase<T> => JoinRows(blocks, rows, Max<T>);

    private static void JoinRows<T>(ReadOnlySpan<T> blocks, Span<T> rows, Func<ReadOnlySpan<T>, double> join)
        where T : unmanaged, INumberBase<T>
    {
        if (blocks.Length == rows.Length)
        {
            blocks.CopyTo(rows);
            return;
        }

        int each = blocks.Length / rows.Length;
        for (int row = 0; row < rows.Length; row++)
            rows[row] = T.CreateTruncating(join(blocks.Slice(row * each, each)));
    }
}
