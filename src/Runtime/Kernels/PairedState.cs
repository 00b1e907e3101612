namespace OptGen.Kernels;

/// <summary>A state with a matrix of its own for every tensor, one after the other (see <see cref="Pairs"/>).</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class PairedState<T>
    where T : unmanaged
{
    private readonly AlignedBuffer<T> _numbers;
    private readonly int[] _offsets;

    /// <summary>Allocates zeroed matrices for all segments.</summary>
    /// <param name="segments">The tensors.</param>
    /// <param name="pairs">Of what there are pairs.</param>
    /// <param name="atMost">The most rows, or columns, of which there are pairs; or the number of directions.</param>
    /// <param name="orDiagonal">Whether longer axes, and the longer axis of a tensor of a single row or column, have a number for each place.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more numbers than a span can hold.</exception>
    public PairedState(ReadOnlySpan<Segment> segments, Pairs pairs, int atMost = int.MaxValue, bool orDiagonal = false)
    {
        _offsets = new int[segments.Length + 1];
        for (int i = 0; i < segments.Length; i++)
        {
            long end = _offsets[i] + Count(pairs, segments[i].Rows, segments[i].Columns, atMost, orDiagonal);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Array.MaxLength, nameof(segments));
            _offsets[i + 1] = (int)end;
        }

        _numbers = new AlignedBuffer<T>(_offsets[^1]);
    }

    /// <summary>How many numbers there are.</summary>
    public int Length => _numbers.Length;

    /// <summary>Address of the first one.</summary>
    public nint Address => _numbers.Address;

    /// <summary>All numbers, for code that keeps hold of them.</summary>
    public Memory<T> Memory => _numbers.Memory;

    /// <summary>All numbers.</summary>
    public Span<T> Span => _numbers.Span;

    /// <summary>The matrix of a segment; empty where it has none.</summary>
    public Span<T> Of(int segment) => _numbers.Span[_offsets[segment].._offsets[segment + 1]];

    private static long Count(Pairs pairs, long rows, long columns, int atMost, bool orDiagonal)
    {
        long shorter = Math.Min(rows, columns), longer = Math.Max(rows, columns);
        if (pairs is Pairs.OfDirections)
            return shorter > atMost ? atMost * shorter : 0;
        if (pairs is Pairs.InDirections)
            return Math.Min(shorter, atMost) * longer;

        long size = pairs is Pairs.OfRows ? rows : columns;
        if (shorter > 1 && size <= atMost)
            return size * size;

        // Of a vector the axis that it lies along; of a single element the columns, as it is a row.
        bool isLong = shorter > 1 || (shorter == 1 && (size > 1 || (longer == 1 && pairs is Pairs.OfColumns)));
        return orDiagonal && isLong ? size : 0;
    }
}
