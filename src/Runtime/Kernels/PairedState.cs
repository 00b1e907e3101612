namespace OptGen.Kernels;

/// <summary>A state with one number for each pair of rows, or of columns, of every tensor that is a matrix: square matrices, one after the other.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class PairedState<T>
    where T : unmanaged
{
    private readonly AlignedBuffer<T> _numbers;
    private readonly int[] _offsets;

    /// <summary>Allocates a zeroed matrix for each segment of more than one row and column.</summary>
    /// <param name="segments">The tensors.</param>
    /// <param name="ofRows">Whether pairs are those of rows.</param>
    /// <param name="atMost">The most rows, or columns, of which there are pairs.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more numbers than a span can hold.</exception>
    public PairedState(ReadOnlySpan<Segment> segments, bool ofRows, int atMost = int.MaxValue)
    {
        _offsets = new int[segments.Length + 1];
        for (int i = 0; i < segments.Length; i++)
        {
            long size = ofRows ? segments[i].Rows : segments[i].Columns;
            bool isMatrix = segments[i].Rows > 1 && segments[i].Columns > 1 && size <= atMost;
            long end = _offsets[i] + (isMatrix ? size * size : 0);
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
}
