namespace OptGen.Kernels;

/// <summary>
/// Where the blocks of an optimizer's 8-bit states lie: a segment begins a block of its own or, where passes go row by row, each row does. The codes of a run are followed
/// by unused ones up to a multiple of 16, so that they are read and written in whole vectors.
/// </summary>
public sealed class BlockLayout
{
    /// <summary>Numbers of a whole block.</summary>
    public const int BlockSize = 256;

    private const int Widest = 16;

    private readonly Segment[] _segments;
    private readonly int[] _firstCodes;
    private readonly int[] _firstBlocks;
    private readonly bool _byRows;

    /// <summary>The layout of the segments' numbers.</summary>
    /// <param name="segments">In the order in which they lie in memory.</param>
    /// <param name="byRows">Whether each row begins a block.</param>
    /// <exception cref="OverflowException">There are more codes than a span can hold.</exception>
    public BlockLayout(ReadOnlySpan<Segment> segments, bool byRows)
    {
        _segments = segments.ToArray();
        _byRows = byRows;
        _firstCodes = new int[segments.Length + 1];
        _firstBlocks = new int[segments.Length + 1];
        for (int i = 0; i < segments.Length; i++)
        {
            int runs = byRows ? segments[i].Rows : 1;
            _firstCodes[i + 1] = checked(_firstCodes[i] + (runs * CodesOfRun(i)));
            _firstBlocks[i + 1] = _firstBlocks[i] + (runs * BlocksOfRun(i));
        }
    }

    /// <summary>Codes of all segments, unused ones included.</summary>
    public int Codes => _firstCodes[^1];

    /// <summary>Blocks of all segments.</summary>
    public int Blocks => _firstBlocks[^1];

    /// <summary>Position of the code of element <paramref name="begin"/> of a segment, which must begin a block.</summary>
    public int Code(int segment, int begin)
    {
        if (!_byRows)
            return _firstCodes[segment] + begin;
        (int row, int column) = Math.DivRem(begin, Math.Max(1, _segments[segment].Columns));
        return _firstCodes[segment] + (row * CodesOfRun(segment)) + column;
    }

    /// <summary>Number of the block in which element <paramref name="begin"/> of a segment lies.</summary>
    public int Block(int segment, int begin)
    {
        if (!_byRows)
            return _firstBlocks[segment] + (begin / BlockSize);
        (int row, int column) = Math.DivRem(begin, Math.Max(1, _segments[segment].Columns));
        return _firstBlocks[segment] + (row * BlocksOfRun(segment)) + (column / BlockSize);
    }

    /// <summary>Positions of the code and of the scale of a parameter's number; null for a parameter that belongs to no segment.</summary>
    public (int Code, int Block)? Find(int parameter)
    {
        int low = 0, high = _segments.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            Segment segment = _segments[middle];
            if (parameter < segment.Offset)
                high = middle - 1;
            else if (parameter >= segment.Offset + segment.Length)
                low = middle + 1;
            else
                return (Code(middle, parameter - segment.Offset), Block(middle, parameter - segment.Offset));
        }

        return null;
    }

    /// <summary>Each run of blocks that follow each other: its first code, its first block and how many numbers it has.</summary>
    internal IEnumerable<(int Code, int Block, int Count)> Runs()
    {
        for (int i = 0; i < _segments.Length; i++)
        {
            for (int run = 0; run < (_byRows ? _segments[i].Rows : 1); run++)
                yield return (_firstCodes[i] + (run * CodesOfRun(i)), _firstBlocks[i] + (run * BlocksOfRun(i)), RunLength(i));
        }
    }

    private int RunLength(int segment) => _byRows ? _segments[segment].Columns : _segments[segment].Length;

    private int CodesOfRun(int segment) => CodesOf(RunLength(segment));

    private int BlocksOfRun(int segment) => BlocksOf(RunLength(segment));

    /// <summary>Codes of a run of numbers, unused ones included.</summary>
    internal static int CodesOf(int length) => checked(length + (Widest - 1)) & -Widest;

    /// <summary>Blocks of a run of numbers.</summary>
    internal static int BlocksOf(int length) => (int)(((long)length + (BlockSize - 1)) / BlockSize);
}
