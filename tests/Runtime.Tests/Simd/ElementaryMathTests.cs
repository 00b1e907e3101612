using System.Numerics;
using OptGen.Simd;

namespace OptGen.Runtime.Tests.Simd;

/// <summary>Accuracy of the elementary functions, over a sample of all bit patterns and denser where they change fast.</summary>
public sealed class ElementaryMathTests
{
    private const int Samples = 2_000_000;

    private delegate V Function<V>(V x);

    [Fact]
    public void Float_exp_is_within_2_ulp_everywhere() => CheckFloat(Float512.Exp, Math.Exp, 2);

    [Fact]
    public void Float_log_is_within_2_ulp_everywhere() => CheckFloat(Float512.Log, Math.Log, 2);

    [Fact]
    public void Float_tanh_is_within_5_ulp_everywhere() => CheckFloat(Float512.Tanh, Math.Tanh, 5);

    [Fact]
    public void Float_sigmoid_is_within_5_ulp_everywhere() => CheckFloat(Float512.Sigmoid, Sigmoid, 5);

    [Fact]
    public void Double_exp_is_within_2_ulp_everywhere() => CheckDouble(Double512.Exp, Math.Exp, 2);

    [Fact]
    public void Double_log_is_within_2_ulp_everywhere() => CheckDouble(Double512.Log, Math.Log, 2);

    [Fact]
    public void Double_tanh_is_within_5_ulp_everywhere() => CheckDouble(Double512.Tanh, Math.Tanh, 5);

    [Fact]
    public void Double_sigmoid_is_within_5_ulp_everywhere() => CheckDouble(Double512.Sigmoid, Sigmoid, 5);

    [Fact]
    public void Float_erf_is_within_2_ulp_everywhere() => CheckFloat(Float512.Erf, ExactErf.InDouble, 2);

    [Fact]
    public void Double_erf_is_within_2_ulp()
    {
        // The exact value takes long, so there are fewer points.
        var random = new Random(12);
        for (int i = 0; i < 20_000; i++)
        {
            double x = i < s_edges.Length ? s_edges[i] : i % 4 == 0 ? AnyDouble(random) : i % 4 == 1 ? Math.Pow(10, -8 * random.NextDouble()) : (random.NextDouble() * 13) - 6.5;
            Within(2, ExactErf.Of(x), Double64.Erf(new(x)).Value, x);
        }
    }

    [Fact]
    public void Float_cbrt_is_within_1_5_ulp_everywhere() => CheckFloat(Float512.Cbrt, Math.Cbrt, 1.5);

    [Fact]
    public void Float_cbrt_is_within_1_5_ulp_over_three_whole_powers_of_two()
    {
        // What the exponent adds is exact: three of them are all there is.
        float[] x = new float[16], y = new float[16];
        for (int bits = 0x3F800000; bits < 0x41000000; bits += 16)
        {
            for (int lane = 0; lane < 16; lane++)
                x[lane] = BitConverter.Int32BitsToSingle(bits + lane);
            Float512.Store(Float512.Cbrt(Float512.Load(in x[0])), ref y[0]);
            for (int lane = 0; lane < 16; lane++)
                Within(1.5, Math.Cbrt(x[lane]), y[lane], x[lane]);
        }
    }

    [Fact]
    public void Double_cbrt_is_within_1_5_ulp_everywhere() => CheckDouble(Double512.Cbrt, Cbrt, 1.5);

    [Fact]
    public void Float_sin_is_within_2_ulp_up_to_its_largest_angle() => CheckFloat(Float512.Sin, Within1e5(Math.Sin), 2);

    [Fact]
    public void Float_cos_is_within_2_ulp_up_to_its_largest_angle() => CheckFloat(Float512.Cos, Within1e5(Math.Cos), 2);

    [Fact]
    public void Double_sin_is_within_2_ulp_up_to_its_largest_angle() => CheckDouble(Double512.Sin, Within1e9(Math.Sin), 2);

    [Fact]
    public void Double_cos_is_within_2_ulp_up_to_its_largest_angle() => CheckDouble(Double512.Cos, Within1e9(Math.Cos), 2);

    [Fact]
    public void Sin_and_cos_are_within_2_ulp_next_to_every_quarter_turn()
    {
        // There the result is what is left of the angle, so that every bit of π counts.
        for (int turn = 0; turn <= 63_661; turn++)
        {
            float x = (float)(turn * (Math.PI / 2));
            foreach (float near in new[] { MathF.BitDecrement(x), x, MathF.BitIncrement(x) })
            {
                Within(2, Math.Sin(near), Float32.Sin(new(near)).Value, near);
                Within(2, Math.Cos(near), Float32.Cos(new(near)).Value, near);
            }
        }

        for (long turn = 0; turn <= 636_619_772; turn += 1 + (turn / 5_000))
        {
            double x = turn * (Math.PI / 2);
            foreach (double near in new[] { Math.BitDecrement(x), x, Math.BitIncrement(x) })
            {
                Within(2, Math.Sin(near), Double64.Sin(new(near)).Value, near);
                Within(2, Math.Cos(near), Double64.Cos(new(near)).Value, near);
            }
        }
    }

    [Fact]
    public void Float_pow_is_within_2_ulp()
    {
        var random = new Random(7);
        for (int i = 0; i < Samples / 4; i++)
        {
            float x = i % 2 == 0 ? AnyFloat(random) : (float)Math.Exp((random.NextDouble() * 20) - 10);
            float y = i % 3 == 0 ? AnyFloat(random) : i % 3 == 1 ? random.Next(-40, 40) : (float)((random.NextDouble() * 40) - 20);
            Within(2, Math.Pow(x, y), Float32.Pow(new(x), new(y)).Value, x, y);
        }
    }

    [Fact]
    public void Double_pow_is_within_2_ulp()
    {
        var random = new Random(8);
        for (int i = 0; i < Samples / 4; i++)
        {
            double x = i % 2 == 0 ? AnyDouble(random) : Math.Exp((random.NextDouble() * 4) - 2);
            double y = i % 3 == 0 ? (random.NextDouble() * 2) - 1 : (random.NextDouble() * 400) - 200;
            Within(2, Math.Pow(x, y), Double64.Pow(new(x), new(y)).Value, x, y);
        }
    }

    [Fact]
    public void Pow_follows_the_special_cases_of_IEEE_754()
    {
        double[] special =
        [
            double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1e10, -1e10, 1e-10, 1e300, -1e300,
            -1e-310, 7, -2.5,
        ];
        foreach (double x in special)
        {
            foreach (double y in special)
            {
                Within(1, Math.Pow(x, y), Double64.Pow(new(x), new(y)).Value, x, y);
                Within(1, Math.Pow((float)x, (float)y), Float32.Pow(new((float)x), new((float)y)).Value, (float)x, (float)y);
            }
        }
    }

    [Fact]
    public void Sigmoid_and_exp_give_subnormal_results()
    {
        Assert.Equal((float)Math.Exp(-100), Float32.Exp(new(-100)).Value);
        Assert.Equal((float)Math.Exp(-100), Float32.Sigmoid(new(-100)).Value);
        Assert.Equal(Math.Exp(-740), Double64.Exp(new(-740)).Value);
        Assert.Equal(float.Epsilon, Float32.Tanh(new(float.Epsilon)).Value);
    }

    [Fact]
    public void Every_width_gives_the_same_bits_in_float()
    {
        var random = new Random(9);
        float[] x = [.. Enumerable.Range(0, 40_000).Select(i => i % 2 == 0 ? AnyFloat(random) : (float)((random.NextDouble() * 40) - 20))];
        (float[] X, int[] Bits)[] runs = [(x, Bits<Float512>()), (x, Bits<Float256>()), (x, Bits<Float128>()), (x, Bits<Float32>())];
        Assert.All(runs, run => Assert.Equal(runs[0].Bits, run.Bits));

        int[] Bits<V>()
            where V : struct, ISimd<V, float> => [.. All<V, float>(x).Select(v => float.IsNaN(v) ? -1 : BitConverter.SingleToInt32Bits(v))];
    }

    [Fact]
    public void Every_width_gives_the_same_bits_in_double()
    {
        var random = new Random(10);
        double[] x = [.. Enumerable.Range(0, 40_000).Select(i => i % 2 == 0 ? AnyDouble(random) : (random.NextDouble() * 40) - 20)];
        long[][] runs = [Bits<Double512>(), Bits<Double256>(), Bits<Double128>(), Bits<Double64>()];
        Assert.All(runs, run => Assert.Equal(runs[0], run));

        long[] Bits<V>()
            where V : struct, ISimd<V, double> => [.. All<V, double>(x).Select(v => double.IsNaN(v) ? -1 : BitConverter.DoubleToInt64Bits(v))];
    }

    private static List<T> All<V, T>(T[] x)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var results = new List<T>();
        T[] lanes = new T[V.Count];
        foreach (Function<V> f in new Function<V>[] { V.Exp, V.Log, V.Tanh, V.Sigmoid, V.Erf, V.Sin, V.Cos, V.Cbrt, a => V.Pow(V.Abs(a), V.Tanh(a)) })
        {
            for (int i = 0; i < x.Length; i += V.Count)
            {
                V.Store(f(V.Load(in x[i])), ref lanes[0]);
                results.AddRange(lanes);
            }
        }

        return results;
    }

    private static void CheckFloat(Function<Float512> function, Func<double, double> reference, double bound)
    {
        float[] x = new float[16], y = new float[16];
        const uint stride = (uint)((1L << 32) / Samples) | 1;
        uint bits = 0;
        for (int i = 0; i < Samples; i += 16)
        {
            for (int lane = 0; lane < 16; lane++, bits += stride)
                x[lane] = BitConverter.UInt32BitsToSingle(bits);
            x[0] = i < 16 * s_edges.Length ? (float)s_edges[i / 16] : x[0];
            Float512.Store(function(Float512.Load(in x[0])), ref y[0]);
            for (int lane = 0; lane < 16; lane++)
                Within(bound, reference(x[lane]), y[lane], x[lane]);
        }
    }

    private static void CheckDouble(Function<Double512> function, Func<double, double> reference, double bound)
    {
        double[] x = new double[8], y = new double[8];
        var random = new Random(11);
        for (int i = 0; i < Samples / 2; i += 8)
        {
            for (int lane = 0; lane < 8; lane++)
                x[lane] = lane % 2 == 0 ? AnyDouble(random) : ((random.NextDouble() * 2) - 1) * Math.Pow(10, random.Next(-5, 4));
            x[0] = i < 8 * s_edges.Length ? s_edges[i / 8] : x[0];
            Double512.Store(function(Double512.Load(in x[0])), ref y[0]);
            for (int lane = 0; lane < 8; lane++)
                Within(bound, reference(x[lane]), y[lane], x[lane]);
        }
    }

    private static readonly double[] s_edges =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 1e-45, -1e-45, 1.1754942e-38, 88.72283, 88.72284, -87.33655, -103.2789,
        -103.9721, -103.97209, 104, double.Epsilon, 709.782712893384, 709.7827128933841, -744.4400719213812, -745.1332191019411, -745.1332191019412,
        0.70710678118654746, 1.414213562373095,
        1.0000001, 0.9999999, 8.66, 9.02, 19.06, 22, double.MaxValue, double.MinValue, 2.2250738585072009e-308, 0.34657359, -0.34657359,
        4.1, -4.1, 3.9, 5.9, 6, -6, 1.5707963267948966, 3.1415927410125732, 3.1415926535897931, -6.2831853071795862, 1e5, -1e5, 100000.01, 1e9, -1e9, 1000000001,
    ];

    private static float AnyFloat(Random random) => BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, 1L + int.MaxValue));

    private static double AnyDouble(Random random) => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));

    private static Func<double, double> Within1e5(Func<double, double> function) => x => Math.Abs(x) <= 1e5 ? function(x) : double.NaN;

    private static Func<double, double> Within1e9(Func<double, double> function) => x => Math.Abs(x) <= 1e9 ? function(x) : double.NaN;

    /// <summary>The system's cube root with its error, as far as a double-double product shows it, taken away.</summary>
    private static double Cbrt(double x)
    {
        int scale = Math.Abs(x) < 1e-200 ? 100 : Math.Abs(x) > 1e200 ? -100 : 0;
        double scaled = Math.ScaleB(x, 3 * scale);
        double root = Math.Cbrt(scaled), square = root * root, cube = square * root;
        double beyond = Math.FusedMultiplyAdd(square, root, -cube) + (Math.FusedMultiplyAdd(root, root, -square) * root);
        return x == 0 || !double.IsFinite(x) ? x : Math.ScaleB(root + ((scaled - cube - beyond) / (3 * square)), -scale);
    }

    private static double Sigmoid(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    private static void Within(double bound, double exact, float result, double x, double? y = null) =>
        Within(bound, exact, (float)exact, result, 23, -126, x, y);

    private static void Within(double bound, double exact, double result, double x, double? y = null) =>
        Within(bound, exact, exact, result, 52, -1022, x, y);

    private static void Within(double bound, double exact, double rounded, double result, int mantissaBits, int smallestExponent, double x, double? y)
    {
        // NaN, infinities and zeros must be just that; elsewhere the distance counts, in units of the last place of the exact value.
        bool right;
        if (double.IsNaN(exact))
            right = double.IsNaN(result);
        else if (double.IsInfinity(rounded) || exact == 0)
            right = result == rounded && double.IsNegative(result) == double.IsNegative(rounded);
        else
            right = Math.Abs(result - exact) <= bound * Math.ScaleB(1, Math.Max(Math.ILogB(exact), smallestExponent) - mantissaBits);
        if (!right)
            Assert.Fail($"of {x:R}{(y is null ? "" : $", {y:R}")}: {result:R} instead of {exact:R}");
    }
}
