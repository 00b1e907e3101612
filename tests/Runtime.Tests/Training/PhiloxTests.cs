namespace OptGen.Runtime.Tests.Training;

public sealed class PhiloxTests
{
    /// <summary>The known answers that the authors of Philox publish with their Random123 library.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_gives_the_published_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox.Block(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Draws_depend_on_seed_stream_and_index()
    {
        var draws = new HashSet<uint>();
        for (int seed = -2; seed < 3; seed++)
        {
            for (int stream = 0; stream < 5; stream++)
            {
                for (long index = 0; index < 40; index++)
                    Assert.True(draws.Add(Philox.Bits(seed, stream, index)), $"seed {seed}, stream {stream}, index {index} repeats a draw");
            }
        }

        Assert.NotEqual(Philox.Bits(1, 2, 3), Philox.Bits(1, 2, 3 + (1L << 34)));
        Assert.Equal(Philox.Bits(1, 2, 3), Philox.Bits(1, 2, 3));
    }

    [Fact]
    public void Uniform_numbers_fill_the_unit_interval()
    {
        const int count = 100_000;
        int[] bins = new int[16];
        double sum = 0, product = 0, previous = 0;
        for (int i = 0; i < count; i++)
        {
            float single = Philox.Uniform(3, 1, i);
            double number = Philox.UniformDouble(3, 1, i);
            Assert.InRange(single, 0f, 1f - (1f / (1 << 24)));
            Assert.InRange(number, 0, 1 - (1.0 / (1L << 53)));
            bins[(int)(single * 16)]++;
            sum += number;
            product += (number - 0.5) * (previous - 0.5);
            previous = number;
        }

        // Five standard deviations: of the mean √(1/12n), of a bin √(n·15/256), of the correlation of neighbours 1/(12√n).
        Assert.InRange(sum / count, 0.5 - 0.0046, 0.5 + 0.0046);
        Assert.All(bins, bin => Assert.InRange(bin, (count / 16) - 383, (count / 16) + 383));
        Assert.InRange(product / count, -0.0014, 0.0014);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_tails_of_the_distribution()
    {
        const int count = 200_000;
        double[] moments = new double[5];
        int beyond2 = 0;
        double pairs = 0;
        for (int i = 0; i < count; i++)
        {
            double z = Philox.Normal(5, 2, i);
            for (int power = 1; power <= 4; power++)
                moments[power] += Math.Pow(z, power) / count;
            if (Math.Abs(z) > 2)
                beyond2++;
            if (i % 2 == 1)
                pairs += z * Philox.Normal(5, 2, i - 1) / (count / 2);
        }

        Assert.InRange(moments[1], -0.0112, 0.0112);
        Assert.InRange(moments[2], 1 - 0.016, 1 + 0.016);
        Assert.InRange(moments[3], -0.044, 0.044);
        Assert.InRange(moments[4], 3 - 0.11, 3 + 0.11);
        Assert.InRange(beyond2 / (double)count, 0.0455 - 0.0024, 0.0455 + 0.0024);
        Assert.InRange(pairs, -0.016, 0.016);
    }

    [Fact]
    public void Normal_numbers_are_Box_and_Mullers()
    {
        for (int i = 0; i < 1000; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - Philox.UniformDouble(9, 4, i))), angle = 2 * Math.PI * Philox.UniformDouble(9, 4, i + 1);
            Assert.Equal(radius * Math.Cos(angle), Philox.Normal(9, 4, i), 1e-14);
            Assert.Equal(radius * Math.Sin(angle), Philox.Normal(9, 4, i + 1), 1e-14);
        }
    }
}
