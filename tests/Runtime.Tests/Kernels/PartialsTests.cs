using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public class PartialsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(Partials.Block, 1)]
    [InlineData(Partials.Block + 1, 2)]
    [InlineData((5 * Partials.Block) - 1, 5)]
    public void The_last_block_may_be_shorter(int length, int blocks) => Assert.Equal(blocks, Partials.Count(length));

    [Fact]
    public void A_sum_keeps_what_a_float_would_lose()
    {
        float[] blocks = [1e8f, 1, 1, 1, -1e8f];
        Assert.Equal(3, Partials.Sum<float>(blocks));
    }

    [Fact]
    public void The_largest_block_counts_and_a_number_that_is_none_is_seen()
    {
        Assert.Equal(-2, Partials.Max<double>([-7, -2, -3]));
        Assert.Equal(double.NaN, Partials.Max<float>([1, float.NaN, 2]));
        Assert.Equal(double.NegativeInfinity, Partials.Max<float>([]));
    }

    [Fact]
    public void The_longest_segment_is_found() => Assert.Equal(12, Segment.Longest(Segment.Of([5, (3, 4), 11])));
}
