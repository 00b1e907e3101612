using System.Runtime.CompilerServices;
using OptGen.Kernels;
using OptGen.Simd;

namespace OptGen.Runtime.Tests.Simd;

public sealed class Float512BFloat16Tests : BFloat16Contract<Float512>;

public sealed class Float256BFloat16Tests : BFloat16Contract<Float256>;

public sealed class Float128BFloat16Tests : BFloat16Contract<Float128>;

public sealed class Float32BFloat16Tests : BFloat16Contract<Float32>;

/// <summary>Numbers of 16 bits in memory, against references that are written here from their definition.</summary>
public abstract class BFloat16Contract<V>
    where V : struct, IFloatSimd<V>
{
    private const float Largest = 3.3895314E38f;

    [Fact]
    public void Every_BFloat16_loads_as_the_float_with_its_bits_and_stores_as_it_was()
    {
        BFloat16[] all = [.. Enumerable.Range(0, 65536).Select(bits => BFloat16.FromBits((ushort)bits))];
        BFloat16[] stored = new BFloat16[all.Length];
        float[] lanes = new float[V.Count];
        for (int i = 0; i < all.Length; i += V.Count)
        {
            V loaded = V.LoadBFloat16(in all[i]);
            V.Store(loaded, ref lanes[0]);
            for (int lane = 0; lane < V.Count; lane++)
                Assert.Equal((uint)(i + lane) << 16, BitConverter.SingleToUInt32Bits(lanes[lane]));
            V.StoreBFloat16(V.RoundToBFloat16(loaded), ref stored[i]);
        }

        for (int bits = 0; bits < all.Length; bits++)
        {
            // Of a NaN it matters only that it stays one.
            if (float.IsNaN(all[bits]))
                Assert.True(float.IsNaN(stored[bits]));
            else
                Assert.Equal(bits, stored[bits].Bits);
        }
    }

    [Fact]
    public void Stores_round_to_the_nearest_and_ties_to_the_even_one()
    {
        float[] values = [.. Samples(200_000)];
        BFloat16[] stored = new BFloat16[values.Length];
        for (int i = 0; i < values.Length; i += V.Count)
            V.StoreBFloat16(V.RoundToBFloat16(V.Load(in values[i])), ref stored[i]);
        for (int i = 0; i < values.Length; i++)
        {
            if (IsQuietNaN(values[i]))
                Assert.True(float.IsNaN(stored[i]), $"{BitConverter.SingleToUInt32Bits(values[i]):X8}");
            else if (!float.IsNaN(values[i]))
                Assert.Equal(Nearest(values[i]), stored[i].Bits);
        }
    }

    [Fact]
    public void Partial_and_strided_access_touches_only_its_elements()
    {
        BFloat16 guard = (BFloat16)(-77f);
        BFloat16[] source = [.. Enumerable.Range(0, 200).Select(i => (BFloat16)i)];
        foreach (int stride in new[] { 1, 3, -2 })
        {
            for (int lanes = 0; lanes <= V.Count; lanes++)
            {
                float[] gathered = Lanes(V.GatherBFloat16(in source[100], stride, lanes));
                BFloat16[] scattered = new BFloat16[200], expected = new BFloat16[200];
                Array.Fill(scattered, guard);
                Array.Fill(expected, guard);
                V.ScatterBFloat16(V.Sequence(1), ref scattered[100], stride, lanes);
                for (int lane = 0; lane < V.Count; lane++)
                {
                    Assert.Equal(lane < lanes ? 100 + (lane * stride) : 0, gathered[lane]);
                    if (lane < lanes)
                        expected[100 + (lane * stride)] = (BFloat16)(lane + 1);
                }

                Assert.Equal(expected, scattered);
                if (stride == 1)
                    AssertPartial(source, expected, guard, lanes);
            }
        }
    }

    [Fact]
    public unsafe void Partial_access_does_not_touch_a_page_that_is_not_there()
    {
        using var pages = new GuardedPages();
        for (int lanes = 1; lanes <= V.Count; lanes++)
        {
            ref BFloat16 last = ref Unsafe.AsRef<BFloat16>((void*)(pages.End - (lanes * sizeof(ushort))));
            V.StoreBFloat16Partial(V.Sequence(1), ref last, lanes);
            Assert.Equal(lanes, Lanes(V.LoadBFloat16Partial(in last, lanes))[lanes - 1]);
        }
    }

    [Fact]
    public void Stochastic_rounding_gives_a_neighbour_and_the_value_on_average()
    {
        uint key = RoundingKey.Of(0, 1);
        foreach (float value in new[] { 1.001f, -1.003f, 3.14159f, 1e-30f * 1.0017f, -65000.7f, 1.0039f })
        {
            float below = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);
            float above = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000) + 0x10000);
            const int draws = 1 << 16;
            int carried = 0;
            for (int element = 0; element < draws; element += V.Count)
            {
                foreach (float rounded in Rounded(V.RoundStochastically(V.Broadcast(value), key, element, 1)))
                {
                    Assert.True(rounded == below || rounded == above, $"{value} became {rounded}");
                    carried += rounded == above ? 1 : 0;
                }
            }

            double expected = ((double)value - below) / ((double)above - below);
            double deviation = Math.Sqrt(expected * (1 - expected) / draws);
            Assert.Equal(expected, carried / (double)draws, 4 * deviation);
        }
    }

    [Fact]
    public void Stochastic_rounding_depends_on_element_and_key_alone()
    {
        float[] values = [.. Samples(4096)];
        uint key = RoundingKey.Of(3, 41);
        float[] expected = [.. values.Select((value, i) => Rounded(Float32.RoundStochastically(new(value), key, 1000 + i, 1))[0])];
        for (int i = 0; i < values.Length; i += V.Count)
            Assert.Equal(Bits(expected[i..(i + V.Count)]), Bits(Rounded(V.RoundStochastically(V.Load(in values[i]), key, 1000 + i, 1))));

        float[] strided = Rounded(V.RoundStochastically(V.Broadcast(1.001f), key, 17, 5));
        for (int lane = 0; lane < V.Count; lane++)
            Assert.Equal(Rounded(Float32.RoundStochastically(new(1.001f), key, 17 + (5 * lane), 1))[0], strided[lane]);
    }

    [Fact]
    public void Stochastic_rounding_keeps_what_has_no_two_neighbours()
    {
        foreach (float value in new[] { 0, -0f, 1, -2, Largest, float.PositiveInfinity, float.NegativeInfinity, 0.15625f })
        {
            for (int step = 1; step < 50; step++)
                Assert.All(Rounded(V.RoundStochastically(V.Broadcast(value), RoundingKey.Of(0, step), 5, 1)), lane => Assert.Equal(Bits([value]), Bits([lane])));
        }

        foreach (uint bits in new uint[] { 0x7FC00000, 0xFFC00000, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FC0FFFF })
        {
            for (int step = 1; step < 50; step++)
                Assert.All(Rounded(V.RoundStochastically(V.Broadcast(BitConverter.UInt32BitsToSingle(bits)), RoundingKey.Of(0, step), 5, 1)), lane => Assert.True(float.IsNaN(lane)));
        }
    }

    [Fact]
    public void Random_bits_of_neighbours_states_and_steps_do_not_depend_on_each_other()
    {
        const int count = 1 << 16;
        float value = BitConverter.UInt32BitsToSingle(0x3F808000);
        double[] Draws(uint key) => [.. Enumerable.Range(0, count / V.Count).SelectMany(i => Rounded(V.RoundStochastically(V.Broadcast(value), key, i * V.Count, 1))).Select(lane => lane == 1 ? -1.0 : 1.0)];
        double[] draws = Draws(RoundingKey.Of(0, 1));
        double most = 5 * Math.Sqrt(count);
        foreach (int lag in new[] { 1, 2, 3, 4, 8, 16, 32, 64, 100, 256, 1024 })
            Assert.InRange(Enumerable.Range(0, count - lag).Sum(i => draws[i] * draws[i + lag]), -most, most);
        foreach (double[] other in new[] { Draws(RoundingKey.Of(1, 1)), Draws(RoundingKey.Of(0, 2)) })
            Assert.InRange(draws.Zip(other, (a, b) => a * b).Sum(), -most, most);
    }

    private static void AssertPartial(BFloat16[] source, BFloat16[] expected, BFloat16 guard, int lanes)
    {
        float[] loaded = Lanes(V.LoadBFloat16Partial(in source[100], lanes));
        for (int lane = 0; lane < V.Count; lane++)
            Assert.Equal(lane < lanes ? 100 + lane : 0, loaded[lane]);
        BFloat16[] stored = new BFloat16[200];
        Array.Fill(stored, guard);
        V.StoreBFloat16Partial(V.Sequence(1), ref stored[100], lanes);
        Assert.Equal(expected, stored);
    }

    private static bool IsQuietNaN(float value) => float.IsNaN(value) && (BitConverter.SingleToUInt32Bits(value) & 0x400000) != 0;

    private static float[] Rounded(V value)
    {
        BFloat16[] lanes = new BFloat16[V.Count];
        V.StoreBFloat16(value, ref lanes[0]);
        return [.. lanes.Select(lane => (float)lane)];
    }

    private static float[] Rounded(Float32 value)
    {
        BFloat16 lane = default;
        Float32.StoreBFloat16(value, ref lane);
        return [lane];
    }

    /// <summary>By distance, from the two candidates; in double precision, where the differences are exact.</summary>
    private static ushort Nearest(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        ushort below = (ushort)(bits >> 16);
        if (float.IsInfinity(value))
            return below;
        double lower = BFloat16.FromBits(below);
        double upper = Math.Abs(lower) == Largest ? Math.CopySign(Math.Pow(2, 128), lower) : (double)BFloat16.FromBits((ushort)(below + 1));
        double toLower = Math.Abs(value - lower), toUpper = Math.Abs(upper - value);
        return toLower < toUpper || (toLower == toUpper && below % 2 == 0) ? below : (ushort)(below + 1);
    }

    /// <summary>Any bits, ties, and what is next to them.</summary>
    private static IEnumerable<float> Samples(int count)
    {
        Random random = new(3);
        float[] edges = [0, -0f, Largest, -Largest, float.MaxValue, float.MinValue, float.Epsilon, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3.3961775E38f, 3.3961773E38f];
        for (int i = 0; i < count; i++)
        {
            uint bits = (uint)random.NextInt64(1L << 32);
            yield return i < edges.Length ? edges[i] : BitConverter.UInt32BitsToSingle((i % 4) switch
            {
                0 => (bits & 0xFFFF0000) | 0x8000,
                1 => (bits & 0xFFFF0000) | 0x7FFF,
                2 => (bits & 0xFFFF0000) | 0x8001,
                _ => bits,
            });
        }
    }

    private static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];

    private static float[] Lanes(V value)
    {
        float[] lanes = new float[V.Count];
        V.Store(value, ref lanes[0]);
        return lanes;
    }
}
