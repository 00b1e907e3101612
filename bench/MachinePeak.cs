using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Bench;

/// <summary>The most multiply-adds that one thread of this machine does in float.</summary>
internal static class MachinePeak
{
    private const int Rounds = 200_000;
    private const int Chains = 16;

    /// <summary>10⁹ operations a second, the best of several short runs.</summary>
    public static double GigaflopsPerSecond()
    {
        // Some processors execute 512-bit code well although the framework prefers 256 bits there.
        bool wide = Avx512F.IsSupported || Vector512.IsHardwareAccelerated;
        int lanes = wide ? Vector512<float>.Count : Vector256<float>.Count;
        double best = 0;
        float sink = 0;
        for (int i = 0; i < 30; i++)
        {
            long start = Stopwatch.GetTimestamp();
            sink += wide ? Multiply512() : Multiply256();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, 2.0 * Rounds * Chains * lanes / seconds * 1e-9);
        }

        // The sum is used, so that the compiler keeps the work.
        return float.IsNaN(sink) ? 0 : best;
    }

    /// <summary>How many times the multiply-adds of one thread two threads do at once: 2 on two free cores, 1 when both share one.</summary>
    public static double SecondCore()
    {
        GigaflopsPerSecond();
        double[] ratios = new double[9];
        for (int i = 0; i < ratios.Length; i++)
        {
            double one = Seconds();
            Thread other = new(() => Seconds());
            long start = Stopwatch.GetTimestamp();
            other.Start();
            Seconds();
            other.Join();
            ratios[i] = 2 * one / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(ratios);
        return ratios[ratios.Length / 2];

        // Some ten milliseconds, long beside the start of a thread.
        static double Seconds()
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 20; i++)
                _ = Vector512.IsHardwareAccelerated || Avx512F.IsSupported ? Multiply512() : Multiply256();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply512()
    {
        Vector512<float> a = Vector512.Create(0.5f), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        Vector512<float> i = a, j = a, k = a, l = a, m = a, n = a, o = a, p = a, half = a;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(half, half, a);
            b = Vector512.FusedMultiplyAdd(half, half, b);
            c = Vector512.FusedMultiplyAdd(half, half, c);
            d = Vector512.FusedMultiplyAdd(half, half, d);
            e = Vector512.FusedMultiplyAdd(half, half, e);
            f = Vector512.FusedMultiplyAdd(half, half, f);
            g = Vector512.FusedMultiplyAdd(half, half, g);
            h = Vector512.FusedMultiplyAdd(half, half, h);
            i = Vector512.FusedMultiplyAdd(half, half, i);
            j = Vector512.FusedMultiplyAdd(half, half, j);
            k = Vector512.FusedMultiplyAdd(half, half, k);
            l = Vector512.FusedMultiplyAdd(half, half, l);
            m = Vector512.FusedMultiplyAdd(half, half, m);
            n = Vector512.FusedMultiplyAdd(half, half, n);
            o = Vector512.FusedMultiplyAdd(half, half, o);
            p = Vector512.FusedMultiplyAdd(half, half, p);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply256()
    {
        Vector256<float> a = Vector256.Create(0.5f), b = a, c = a, d = a, e = a, f = a, g = a, h = a, half = a;
        for (int round = 0; round < 2 * Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(half, half, a);
            b = Vector256.FusedMultiplyAdd(half, half, b);
            c = Vector256.FusedMultiplyAdd(half, half, c);
            d = Vector256.FusedMultiplyAdd(half, half, d);
            e = Vector256.FusedMultiplyAdd(half, half, e);
            f = Vector256.FusedMultiplyAdd(half, half, f);
            g = Vector256.FusedMultiplyAdd(half, half, g);
            h = Vector256.FusedMultiplyAdd(half, half, h);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }
}
