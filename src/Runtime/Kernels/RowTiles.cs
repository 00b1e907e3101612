using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>
/// How a pass that goes by rows divides a matrix: into bands of rows and, where rows are long, into blocks of columns. That depends on the shape alone, and each tile
/// leaves sums of its own, which are joined in their order: so results have the same bits however threads divide the tiles.
/// </summary>
public readonly struct RowTiles
{
    /// <summary>Elements from which a matrix is worth dividing among threads, and exceeds the second-level cache of most processors together with what belongs to it.</summary>
    private const int Long = 65_536;

    /// <summary>Fewest elements of a band: what is summed over columns is kept for each band, so that bands of few rows would cost more than they share out.</summary>
    private const int SmallestBand = 16_384;

    private const int MostTiles = 64;
    private const int Alignment = 64;

    private readonly int _blocks;

    // The number of bands is this power of 2, so that nothing is divided for each tile.
    private readonly int _bandBits;

    /// <summary>The tiles of a matrix.</summary>
    public RowTiles(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        _blocks = Partials.Count(columns);
        long elements = (long)rows * columns;
        if (elements >= SmallestBand)
            _bandBits = BitOperations.Log2((uint)Math.Max(Math.Min(Math.Min(elements / SmallestBand, rows), MostTiles / _blocks), 1));
    }

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>Blocks of columns, which each leave a number for what is summed over a row.</summary>
    public int Blocks => _blocks;

    /// <summary>Number of tiles: band by band, each block by block.</summary>
    public int Count => _blocks << _bandBits;

    /// <summary>How many numbers a sum over rows leaves.</summary>
    public int PartialCount => Rows * _blocks;

    /// <summary>Whether there is enough to do for several threads, and too much for the caches.</summary>
    public bool IsLong => (long)Rows * Columns >= Long;

    /// <summary>Codes of a row in an 8-bit state whose blocks begin with rows.</summary>
    public int CodesOfRow => BlockLayout.CodesOf(Columns);

    /// <summary>Scales of a row in such a state.</summary>
    public int ScalesOfRow => BlockLayout.BlocksOf(Columns);

    /// <summary>The first row of a tile.</summary>
    public int FirstRow(int tile) => RowOfBand(BandOf(tile));

    /// <summary>The row after the last one of a tile.</summary>
    public int EndRow(int tile) => RowOfBand(BandOf(tile) + 1);

    /// <summary>The first column of a tile.</summary>
    public int FirstColumn(int tile) => (tile - (BandOf(tile) * _blocks)) * Partials.Block;

    /// <summary>The column after the last one of a tile.</summary>
    public int EndColumn(int tile) => Math.Min(Columns, FirstColumn(tile) + Partials.Block);

    /// <summary>Where a tile adds up over columns: in its band's own numbers or, if there is one band only, at once where the result belongs.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="bands">Address of memory for the numbers of all bands.</param>
    /// <param name="result">Address of the result.</param>
    public nint Band<T>(int tile, nint bands, nint result)
        where T : unmanaged =>
        _bandBits == 0 ? result : bands + ((nint)BandOf(tile) * NumbersOfBand(Columns) * Unsafe.SizeOf<T>());

    /// <summary>Adds what the bands summed over columns.</summary>
    /// <param name="bands">Address of the numbers of all bands.</param>
    /// <param name="result">Address of the result.</param>
    public void JoinSums<T>(nint bands, nint result)
        where T : unmanaged, INumber<T> => Join<T>(bands, result, largest: false);

    /// <summary>Takes the largest of what the bands found in each column; NaN if there is one.</summary>
    /// <param name="bands">Address of the numbers of all bands.</param>
    /// <param name="result">Address of the result.</param>
    public void JoinLargest<T>(nint bands, nint result)
        where T : unmanaged, INumber<T> => Join<T>(bands, result, largest: true);

    /// <summary>Most numbers that a sum over rows leaves in any segment.</summary>
    public static int MostPartials(ReadOnlySpan<Segment> segments)
    {
        int most = 0;
        foreach (Segment segment in segments)
            most = Math.Max(most, new RowTiles(segment.Rows, segment.Columns).PartialCount);
        return most;
    }

    /// <summary>Most numbers that the bands of any segment need for a sum over columns.</summary>
    public static int MostBandNumbers(ReadOnlySpan<Segment> segments)
    {
        int most = 0;
        foreach (Segment segment in segments)
        {
            int bits = new RowTiles(segment.Rows, segment.Columns)._bandBits;
            most = Math.Max(most, bits == 0 ? 0 : NumbersOfBand(segment.Columns) << bits);
        }

        return most;
    }

    private void Join<T>(nint bands, nint result, bool largest)
        where T : unmanaged, INumber<T>
    {
        if (_bandBits == 0)
            return;
        Span<T> target = Memory.Span<T>(result, Columns);
        OfBand<T>(0, bands).CopyTo(target);
        for (int band = 1; band < 1 << _bandBits; band++)
        {
            ReadOnlySpan<T> own = OfBand<T>(band, bands);
            int i = 0;
            for (; i <= own.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> before = new(target[i..]), added = new(own[i..]);
                (largest ? Vector.Max(before, added) : before + added).CopyTo(target[i..]);
            }

            for (; i < own.Length; i++)
                target[i] = largest ? T.Max(target[i], own[i]) : target[i] + own[i];
        }
    }

    /// <summary>Numbers from one band to the next, which begin at cache lines.</summary>
    private static int NumbersOfBand(int columns) => (columns + (Alignment / sizeof(float)) - 1) & -(Alignment / sizeof(float));

    private int BandOf(int tile) => _blocks == 1 ? tile : tile / _blocks;

    private int RowOfBand(int band) => (int)((long)Rows * band >> _bandBits);

    private ReadOnlySpan<T> OfBand<T>(int band, nint bands)
        where T : unmanaged => Memory.Span<T>(bands + ((nint)band * NumbersOfBand(Columns) * Unsafe.SizeOf<T>()), Columns);
}
