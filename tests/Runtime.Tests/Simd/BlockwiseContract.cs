using OptGen.Simd;

namespace OptGen.Runtime.Tests.Simd;

public sealed class Float512BlockwiseTests : BlockwiseContract<Float512>;

public sealed class Float256BlockwiseTests : BlockwiseContract<Float256>;

public sealed class Float128BlockwiseTests : BlockwiseContract<Float128>;

public sealed class Float32BlockwiseTests : BlockwiseContract<Float32>;

/// <summary>Numbers of 8 bits with a scale for each block, against references that are written here from their definition.</summary>
public abstract class BlockwiseContract<V>
    where V : struct, IFloatSimd<V>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Codes_stand_for_the_numbers_of_the_dynamic_map(bool isSigned)
    {
        double[] map = Map(isSigned);
        byte[] codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];
        float[] decoded = Decode(codes, 1, isSigned);
        int zero = isSigned ? 128 : 0;
        for (int i = 0; i < 256; i++)
            Assert.Equal(map[i], decoded[(byte)(i - zero)], 1e-6 * Math.Abs(map[i]));
        Assert.Equal(isSigned ? -1f : 1f, decoded[isSigned ? 128 : 255]);
        Assert.Equal(0f, decoded[0]);
        Assert.Equal(decoded.Select(value => value * -3.7f), Decode(codes, -3.7f, isSigned));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_code_is_stored_as_it_was_loaded(bool isSigned)
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];
        foreach (float scale in isSigned ? new[] { 1f, -1f, 3e-20f, -7e30f, 1.2e-38f } : [1f, 3e-20f, 7e30f, 1.2e-38f])
        {
            (byte[] stored, float storedScale) = Encode(Decode(codes, scale, isSigned), isSigned);
            Assert.Equal(scale, storedScale);

            // Below the smallest normal number the map's lower decades have too few bits.
            if (Math.Abs(scale) > 1e-30f)
                Assert.Equal(codes, stored);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_number_is_stored_as_the_nearest_code(bool isSigned)
    {
        double[] map = Map(isSigned);
        Random random = new(11);
        for (int trial = 0; trial < 400; trial++)
        {
            float[] values = [.. Enumerable.Range(0, 256).Select(i => Sample(i))];
            float extreme = values[17] = isSigned && trial % 2 == 0 ? -2.5f : 2.5f;
            (byte[] codes, float scale) = Encode(values, isSigned);
            Assert.Equal(isSigned ? -extreme : extreme, scale);
            float[] decoded = Decode(codes, scale, isSigned);
            Assert.Equal(extreme, decoded[17]);
            for (int i = 0; i < 256; i++)
            {
                double wanted = values[i] / (double)scale;
                int above = Array.BinarySearch(map, wanted);
                above = Math.Min(255, above < 0 ? ~above : above);
                double best = Math.Min(Math.Abs(map[above] - wanted), Math.Abs(map[Math.Max(0, above - 1)] - wanted));

                // A number in the middle of two may go either way, and what is decoded is rounded.
                Assert.True(Math.Abs((decoded[i] / (double)scale) - wanted) <= (best * 1.0002) + (1e-6 * Math.Abs(wanted)), $"{values[i]} became {decoded[i]}");
            }
        }

        float Sample(int i)
        {
            double magnitude = (i % 3) switch { 0 => random.NextDouble(), 1 => Math.Pow(10, -9 * random.NextDouble()), _ => map[random.Next(255)] + ((random.NextDouble() - 0.5) * 1e-2) };
            return (float)(2.5 * Math.Min(0.9999999, Math.Abs(magnitude)) * (isSigned && random.Next(2) == 0 ? -1 : 1));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blocks_of_any_length_give_the_codes_that_one_lane_gives(bool isSigned)
    {
        Random random = new(5);
        foreach (int count in new[] { 1, 2, 15, 16, 17, 100, 255, 256 })
        {
            float[] values = [.. Enumerable.Range(0, count).Select(_ => (float)Math.Pow(10, -8 * random.NextDouble()) * (random.Next(2) == 0 ? -1 : 1))];
            (byte[] expected, float expectedScale) = Encode<Float32>(values, isSigned);
            (byte[] codes, float scale) = Encode(values, isSigned);
            Assert.Equal(expected, codes);
            Assert.Equal(expectedScale, scale);
            Assert.Equal(Bits(Decode<Float32>(expected, scale, isSigned)), Bits(Decode(expected, scale, isSigned)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_block_that_is_not_finite_shows_and_one_that_is_nearly_zero_is_zero(bool isSigned)
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, -float.NaN })
        {
            float[] values = new float[256];
            values[200] = bad;
            (byte[] codes, float scale) = Encode(values, isSigned);
            Assert.All(Decode(codes, scale, isSigned), value => Assert.True(float.IsNaN(value)));
        }

        foreach (float small in new[] { 0, 1e-40f })
        {
            (byte[] codes, float scale) = Encode([.. Enumerable.Repeat(small, 256)], isSigned);
            Assert.All(Decode(codes, scale, isSigned), value => Assert.Equal(Bits([0f]), Bits([value])));
        }
    }

    [Fact]
    public void Negative_numbers_have_no_unsigned_code()
    {
        (byte[] codes, float scale) = Encode([-5, 2, -0f, .. new float[13]], isSigned: false);
        Assert.Equal(2, scale);
        Assert.Equal([0, 255, 0], codes[..3]);
    }

    /// <summary>As published: for each decade the means of neighbouring ones of evenly spaced boundaries, and 0 and 1; in order.</summary>
    private static double[] Map(bool isSigned)
    {
        List<double> map = [0, 1];
        for (int decade = 0; decade < 7; decade++)
        {
            int items = 1 << (isSigned ? decade : decade + 1);
            for (int item = 0; item < items; item++)
            {
                double lower = 0.1 + (0.9 * item / items), upper = 0.1 + (0.9 * (item + 1) / items);
                double value = Math.Pow(10, decade - 6) * (lower + upper) / 2;
                map.Add(value);
                if (isSigned)
                    map.Add(-value);
            }
        }

        // Published with 1; the sign of the scale makes that −1 here.
        if (isSigned)
            map[1] = -1;

        Assert.Equal(256, map.Count);
        return [.. map.Order()];
    }

    private static (byte[] Codes, float Scale) Encode(float[] values, bool isSigned) => Encode<V>(values, isSigned);

    private static (byte[] Codes, float Scale) Encode<W>(float[] values, bool isSigned)
        where W : struct, IFloatSimd<W>
    {
        float[] block = new float[256];
        Array.Fill(block, 99);
        values.CopyTo(block, 0);
        byte[] codes = new byte[256];
        float scale = -1;
        if (isSigned)
            W.StoreSigned8(ref block[0], values.Length, ref codes[0], ref scale);
        else
            W.StoreUnsigned8(ref block[0], values.Length, ref codes[0], ref scale);
        return (codes, scale);
    }

    private static float[] Decode(byte[] codes, float scale, bool isSigned) => Decode<V>(codes, scale, isSigned);

    private static float[] Decode<W>(byte[] codes, float scale, bool isSigned)
        where W : struct, IFloatSimd<W>
    {
        float[] decoded = new float[codes.Length];
        for (int i = 0; i < codes.Length; i += W.Count)
            W.Store(isSigned ? W.LoadSigned8(in codes[i], W.Broadcast(scale)) : W.LoadUnsigned8(in codes[i], W.Broadcast(scale)), ref decoded[i]);
        return decoded;
    }

    private static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];
}
