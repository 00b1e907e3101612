using OptGen.Simd;

namespace OptGen.Runtime.Tests.Training;

public class Blockwise8Tests
{
    [Fact]
    public void A_run_begins_a_block_of_its_own()
    {
        Blockwise8 numbers = new(isSigned: true, 300, 0, 5, 256);
        Assert.Equal(561, numbers.Length);
        Assert.Equal(4, numbers.Scales.Length);
        Assert.Equal(1024, numbers.Codes.Length);

        // One is the code 128.
        numbers.Codes.Fill(128);
        for (int block = 0; block < 4; block++)
            numbers.Scales[block] = block + 1;
        float[] copy = new float[561];
        numbers.CopyTo(copy);
        Assert.Equal([.. Enumerable.Repeat(1f, 256), .. Enumerable.Repeat(2f, 44), .. Enumerable.Repeat(3f, 5), .. Enumerable.Repeat(4f, 256)], copy);
        Assert.Equal(3, numbers[304]);
    }

    [Fact]
    public void It_starts_at_zero_and_returns_to_it()
    {
        Blockwise8 numbers = new(isSigned: false, 20);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(0, numbers[i]));
        float[] block = [.. Enumerable.Range(0, 32).Select(i => (float)i)];
        Float128.StoreUnsigned8(ref block[0], 20, ref numbers.Codes[0], ref numbers.Scales[0]);
        Assert.Equal(19, numbers[19]);
        Assert.Equal(10, numbers[10], 0.1f);
        numbers.Clear();
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(0, numbers[i]));
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        Blockwise8 numbers = new(isSigned: true, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers[-1]);
        Assert.Throws<ArgumentException>(() => numbers.CopyTo(new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Blockwise8(true, -1));
    }
}
