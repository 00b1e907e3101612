using System.Runtime.CompilerServices;
using OptGen.Simd;

namespace OptGen.Runtime.Tests.Simd;

/// <summary>The estimate of a quotient against the quotient in double precision, rounded once or not at all.</summary>
public sealed class DivideEstimateTests
{
    private const int Pairs = 1 << 20;

    private static readonly float[] s_edges =
    [
        0, -0f, 1, -1, 3, 1f / 3, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -float.MaxValue, float.Epsilon, -float.Epsilon,
        1.17549435E-38f, MathF.BitDecrement(1.17549435E-38f), 1.17549435E-38f / 4, MathF.BitDecrement(1.17549435E-38f / 4), 1.8446744E19f, 5.421011E-20f,
        MathF.ScaleB(1, 125), MathF.ScaleB(1, 126), MathF.ScaleB(1.5f, 126), MathF.ScaleB(1, 127), MathF.ScaleB(1.9999f, 127), MathF.BitDecrement(1), MathF.BitIncrement(1), 1e-8f,
    ];

    [Fact]
    public void Lies_within_one_and_a_half_units_of_the_quotient()
    {
        foreach (float a in s_edges)
        {
            foreach (float b in s_edges)
                Check(a, b);
        }

        Random random = new(1);
        double worst = 0;
        for (int i = 0; i < Pairs; i++)
        {
            // First any two bit patterns, then those of similar size, whose quotients are numbers that programs meet.
            int bits = i < Pairs / 2 ? -1 : 0x0FFFFFFF;
            float a = BitConverter.Int32BitsToSingle(random.Next() & bits | (i < Pairs / 2 ? random.Next(2) << 31 : 0x30000000));
            float b = BitConverter.Int32BitsToSingle(random.Next() & bits | (i < Pairs / 2 ? random.Next(2) << 31 : 0x30000000));
            worst = Math.Max(worst, Check(a, b));
        }

        Assert.InRange(worst, 0.49, 1.5);
    }

    [Fact]
    public void A_quotient_by_a_normal_number_has_the_same_bits()
    {
        Random random = new(3);
        IEnumerable<(float A, float B)> edges = s_edges.SelectMany(a => s_edges.Select(b => (a, b))), any = Enumerable.Range(0, Pairs).Select(_ => (Any(), Any()));
        int checkedPairs = 0;
        foreach ((float a, float b) in edges.Concat(any).Where(pair => !float.IsSubnormal(pair.B)))
        {
            float estimate = Float32.DivideEstimate(new(a), new(b)).Value, byNormal = Float32.DivideByNormal(new(a), new(b)).Value;
            bool isOverflow = b != 0 && float.IsInfinity(estimate);
            Assert.True(isOverflow ? !float.IsFinite(byNormal) : estimate.Equals(byNormal), $"{a:R} / {b:R} is {estimate:R}, by a normal number {byNormal:R}");
            checkedPairs++;
        }

        Assert.InRange(checkedPairs, Pairs * 9 / 10, Pairs * 2);

        float Any() => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        Random random = new(2);
        float[] a = new float[s_edges.Length * s_edges.Length + (1 << 16)], b = new float[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            bool isEdge = i < s_edges.Length * s_edges.Length;
            a[i] = isEdge ? s_edges[i / s_edges.Length] : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            b[i] = isEdge ? s_edges[i % s_edges.Length] : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        }

        int[] scalar = Bits<Float32>(a, b);
        Assert.Equal(scalar, Bits<Float128>(a, b));
        Assert.Equal(scalar, Bits<Float256>(a, b));
        Assert.Equal(scalar, Bits<Float512>(a, b));
        int[] normal = Bits<Float32>(a, b, byNormal: true);
        Assert.Equal(normal, Bits<Float128>(a, b, byNormal: true));
        Assert.Equal(normal, Bits<Float256>(a, b, byNormal: true));
        Assert.Equal(normal, Bits<Float512>(a, b, byNormal: true));
    }

    /// <summary>A doubtful lane must not cost the others their accuracy, nor be lost among them.</summary>
    [Fact]
    public void Lanes_out_of_range_stand_beside_others()
    {
        float[] a = [1, 1, 0, 1, 2, 3, 1e-39f, 7, 1, 1, 0, 1, 2, 3, 1e-39f, 7], b = [3, 0, 0, float.PositiveInfinity, 1e-39f, 7, 1e-39f, 9, 3, 0, 0, float.PositiveInfinity, 1e-39f, 7, 1e-39f, 9];
        float[] quotients = [.. Bits<Float512>(a, b).Select(BitConverter.Int32BitsToSingle)];
        Assert.Equal([1f / 3, float.PositiveInfinity, float.NaN, 0, float.PositiveInfinity, 3f / 7, 1, 7f / 9], quotients[..8]);
    }

    /// <summary>Checks one pair; gives the error in units in the last place.</summary>
    private static double Check(float a, float b)
    {
        float exact = a / b, estimate = Float32.DivideEstimate(new(a), new(b)).Value;
        if (exact == estimate || (float.IsNaN(exact) && float.IsNaN(estimate)))
            return 0;
        double quotient = (double)a / b, unit = Math.Max(Math.ScaleB(1, Math.ILogB(quotient) - 23), float.Epsilon);
        bool isOverflow = float.IsInfinity(estimate) || float.IsInfinity(exact);
        double error = isOverflow ? Math.Abs(Math.Abs(quotient) - float.MaxValue) / unit : Math.Abs(estimate - quotient) / unit;
        Assert.True(error <= (unit == float.Epsilon ? 2 : 1.5), $"{a:R} / {b:R} is {quotient:R}, estimated as {estimate:R}: {error:F2} units in the last place away");
        return error;
    }

    private static int[] Bits<V>(float[] a, float[] b, bool byNormal = false)
        where V : struct, ISimd<V, float>
    {
        int[] bits = new int[a.Length];
        float[] quotients = new float[a.Length];
        for (int i = 0; i < a.Length; i += V.Count)
        {
            int lanes = Math.Min(V.Count, a.Length - i);
            V left = V.LoadPartial(in a[i], lanes), right = V.LoadPartial(in b[i], lanes);
            V.StorePartial(byNormal ? V.DivideByNormal(left, right) : V.DivideEstimate(left, right), ref quotients[i], lanes);
        }

        for (int i = 0; i < bits.Length; i++)
            bits[i] = float.IsNaN(quotients[i]) ? int.MaxValue : BitConverter.SingleToInt32Bits(quotients[i]);
        return bits;
    }
}
