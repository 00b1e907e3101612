using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public class RowTilesTests
{
    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 1, 7 }, { 7, 1 }, { 0, 5 }, { 5, 0 }, { 33, 130 }, { 1_000, 3 }, { 3, 1_000 }, { 257, 513 }, { 64, 8_192 }, { 40, 20_000 }, { 3, 1_000_000 }, { 200_000, 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Each_element_is_in_one_tile(int rows, int columns)
    {
        RowTiles tiles = new(rows, columns);
        int[] seen = new int[rows * columns];
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            Assert.Equal(0, tiles.FirstColumn(tile) % Partials.Block);
            for (int row = tiles.FirstRow(tile); row < tiles.EndRow(tile); row++)
            {
                for (int column = tiles.FirstColumn(tile); column < tiles.EndColumn(tile); column++)
                    seen[(row * columns) + column]++;
            }
        }

        Assert.DoesNotContain(seen, count => count != 1);
        Assert.Equal((rows * Partials.Count(columns), Partials.Count(columns)), (tiles.PartialCount, tiles.Blocks));
    }

    [Theory]
    [InlineData(257, 513)]
    [InlineData(10_000, 100)]
    [InlineData(3, 1_000_000)]
    [InlineData(1, 500_000)]
    public void A_matrix_that_threads_divide_has_tiles_for_several_of_them(int rows, int columns)
    {
        RowTiles tiles = new(rows, columns);
        Assert.True(tiles.IsLong);
        Assert.InRange(tiles.Count, 4, 200);
    }

    [Fact]
    public void A_small_matrix_is_one_tile()
    {
        RowTiles tiles = new(25, 40);
        Assert.False(tiles.IsLong);
        Assert.Equal(1, tiles.Count);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_bands_add_up_is_joined(int rows, int columns)
    {
        RowTiles tiles = new(rows, columns);
        AlignedBuffer<float> bands = new(RowTiles.MostBandNumbers([new Segment(0, rows, columns, 0, 0, 0)])), sums = new(columns), largest = new(columns);
        foreach (bool isMax in new[] { false, true })
        {
            AlignedBuffer<float> result = isMax ? largest : sums;
            for (int tile = 0; tile < tiles.Count; tile++)
            {
                Span<float> numbers = Memory.Span<float>(tiles.Band<float>(tile, bands.Address, result.Address), columns);
                for (int column = tiles.FirstColumn(tile); column < tiles.EndColumn(tile); column++)
                {
                    numbers[column] = isMax ? float.NegativeInfinity : 0;
                    for (int row = tiles.FirstRow(tile); row < tiles.EndRow(tile); row++)
                        numbers[column] = isMax ? Math.Max(numbers[column], Value(row, column)) : numbers[column] + Value(row, column);
                }
            }

            if (isMax)
                tiles.JoinLargest<float>(bands.Address, result.Address);
            else
                tiles.JoinSums<float>(bands.Address, result.Address);
        }

        for (int column = 0; column < columns && rows > 0; column++)
        {
            float[] values = [.. Enumerable.Range(0, rows).Select(row => Value(row, column))];
            Assert.Equal(values.Sum(value => (double)value), sums.Span[column], 0.0);
            Assert.Equal(values.Max(), largest.Span[column]);
        }

        // Whole numbers, whose sums are exact.
        static float Value(int row, int column) => ((row * 31) + (column * 17)) % 23 - 11;
    }

    [Fact]
    public void A_number_that_is_none_stays_in_its_column()
    {
        RowTiles tiles = new(1_000, 100);
        Segment segment = new(0, 1_000, 100, 0, 0, 0);
        AlignedBuffer<double> bands = new(RowTiles.MostBandNumbers([segment])), result = new(100);
        bands.Span[200] = double.NaN;
        tiles.JoinLargest<double>(bands.Address, result.Address);
        Assert.Equal(1, result.Span.ToArray().Count(double.IsNaN));
    }

    [Fact]
    public void Rows_are_joined_from_their_blocks()
    {
        float[] blocks = [1, 2, 30, 40, -5, float.NaN], rows = new float[3];
        Partials.SumRows<float>(blocks, rows);
        Assert.Equal([3, 70, float.NaN], rows);
        Partials.MaxRows<float>(blocks, rows);
        Assert.Equal([2, 40, float.NaN], rows);
        Partials.SumRows<float>([4, 5, 6], rows);
        Assert.Equal([4, 5, 6], rows);
    }

    [Fact]
    public void The_most_of_any_segment_is_allocated()
    {
        Segment[] segments = Segment.Of([(10, 20_000), (300, 7), 5]);
        Assert.Equal((300, 20_000, 300), (Segment.MostRows(segments), Segment.MostColumns(segments), RowTiles.MostPartials(segments)));
        Assert.Equal(0, RowTiles.MostBandNumbers([]));
    }
}
