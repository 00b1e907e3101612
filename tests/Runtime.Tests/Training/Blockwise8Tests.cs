using OptGen.Kernels;
using OptGen.Simd;

namespace OptGen.Runtime.Tests.Training;

public class Blockwise8Tests
{
    [Fact]
    public void A_segment_begins_a_block_of_its_own()
    {
        BlockLayout layout = new([new(10, 1, 300, 0, 0, 0), new(310, 1, 5, 0, 1, 300), new(400, 2, 128, 0, 2, 305)], byRows: false);
        Blockwise8 numbers = new(656, isSigned: false, layout);
        Assert.Equal(4, numbers.Scales.Length);
        Assert.Equal(304 + 16 + 256, numbers.Codes.Length);

        // One is the code 255.
        numbers.Codes.Fill(255);
        for (int block = 0; block < 4; block++)
            numbers.Scales[block] = block + 1;
        float[] copy = new float[656];
        numbers.CopyTo(copy);
        float[] expected = [.. Repeat(0, 10), .. Repeat(1, 256), .. Repeat(2, 44), .. Repeat(3, 5), .. Repeat(0, 85), .. Repeat(4, 256)];
        Assert.Equal(expected, copy);
        Assert.Equal((304 + 16, 3), (layout.Code(2, 0), layout.Block(2, 0)));
        Assert.Equal((256, 1), (layout.Code(0, 256), layout.Block(0, 256)));
    }

    [Fact]
    public void Each_row_begins_a_block_where_that_is_asked_for()
    {
        BlockLayout layout = new([new(0, 3, 5, 0, 0, 0), new(15, 2, 300, 0, 3, 5)], byRows: true);
        Assert.Equal((3 * 16) + (2 * 304), layout.Codes);
        Assert.Equal(3 + (2 * 2), layout.Blocks);
        Assert.Equal((32, 2), (layout.Code(0, 10), layout.Block(0, 10)));
        Assert.Equal((48 + 304, 5), (layout.Code(1, 300), layout.Block(1, 300)));
        Assert.Equal((48 + 304 + 299, 6), layout.Find(15 + 599));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_starts_at_zero_and_can_be_filled(bool byRows)
    {
        foreach (bool isSigned in new[] { true, false })
        {
            Blockwise8 numbers = new(20 + 520, isSigned, new BlockLayout([new(0, 4, 5, 0, 0, 0), new(20, 1, 520, 0, 4, 5)], byRows));
            Assert.All(Enumerable.Range(0, 540), i => Assert.Equal(0, numbers[i]));
            numbers.Fill(0.1f);
            Assert.All(Enumerable.Range(0, 540), i => Assert.Equal(0.1f, numbers[i]));
            numbers.Clear();
            Assert.All(Enumerable.Range(0, 540), i => Assert.Equal(0, numbers[i]));
        }
    }

    [Fact]
    public void It_holds_what_a_kernel_stored()
    {
        Blockwise8 numbers = new(20, isSigned: true, new BlockLayout([new(0, 1, 20, 0, 0, 0)], byRows: false));
        float[] block = [.. Enumerable.Range(0, 32).Select(i => i - 5f)];
        Float128.StoreSigned8(ref block[0], 20, ref numbers.Codes[0], ref numbers.Scales[0]);
        Assert.Equal(14, numbers[19]);
        Assert.Equal(-5, numbers[0], 0.1f);
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        BlockLayout layout = new([new(0, 1, 3, 0, 0, 0)], byRows: false);
        Blockwise8 numbers = new(3, isSigned: true, layout);
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers[-1]);
        Assert.Throws<ArgumentException>(() => numbers.CopyTo(new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blockwise8(-1, true, layout));
    }

    private static IEnumerable<float> Repeat(float value, int count) => Enumerable.Repeat(value, count);
}
