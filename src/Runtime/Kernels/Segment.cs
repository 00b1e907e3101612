using System.Globalization;

namespace OptGen.Kernels;

/// <summary>A run of parameters that are updated alike: one parameter tensor as a matrix, or several neighbours as one row.</summary>
/// <param name="Offset">Its first element in the flat buffers of parameters and states.</param>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="Group">Number of its parameter group.</param>
/// <param name="FirstRow">How many rows lie before it.</param>
/// <param name="FirstColumn">How many columns lie before it.</param>
public readonly record struct Segment(int Offset, int Rows, int Columns, int Group, int FirstRow, int FirstColumn)
{
    /// <summary>Number of elements.</summary>
    public int Length => Rows * Columns;

    /// <summary>What a file is told apart by: a layout, and how many tensors of which shapes it is for (a hash, FNV-1a over 64 bits); the same on every machine.</summary>
    public static string Layout(string layout, ReadOnlySpan<Segment> segments)
    {
        ulong hash = 14695981039346656037;
        long elements = 0;
        foreach (Segment segment in segments)
        {
            hash = unchecked((((hash ^ (uint)segment.Rows) * 1099511628211) ^ (uint)segment.Columns) * 1099511628211);
            elements += segment.Length;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{layout} for {segments.Length} tensors of {elements} elements ({hash:x16})");
    }

    /// <summary>Most elements that a segment has.</summary>
    public static int Longest(ReadOnlySpan<Segment> segments)
    {
        int longest = 0;
        foreach (Segment segment in segments)
            longest = Math.Max(longest, segment.Length);
        return longest;
    }

    /// <summary>Most rows that a segment has.</summary>
    public static int MostRows(ReadOnlySpan<Segment> segments)
    {
        int most = 0;
        foreach (Segment segment in segments)
            most = Math.Max(most, segment.Rows);
        return most;
    }

    /// <summary>Most columns that a segment has.</summary>
    public static int MostColumns(ReadOnlySpan<Segment> segments)
    {
        int most = 0;
        foreach (Segment segment in segments)
            most = Math.Max(most, segment.Columns);
        return most;
    }

    /// <summary>One segment after the other, for tensors that lie next to each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more elements than a span can hold.</exception>
    public static Segment[] Of(ReadOnlySpan<MatrixShape> tensors)
    {
        Segment[] segments = new Segment[tensors.Length];
        long offset = 0;
        int row = 0, column = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = new Segment((int)offset, tensors[i].Rows, tensors[i].Columns, 0, row, column);
            offset += (long)tensors[i].Rows * tensors[i].Columns;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Array.MaxLength, nameof(tensors));
            row += tensors[i].Rows;
            column += tensors[i].Columns;
        }

        return segments;
    }
}
