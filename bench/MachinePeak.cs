using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OptGen.Bench;

/// <summary>The most multiply-adds that one thread of this machine does in float.</summary>
internal static class MachinePeak
{
    private const int Rounds = 200_000;
    private const int Chains = 16;

    /// <summary>10⁹ operations a second, the best of several short runs.</summary>
    public static double GigaflopsPerSecond()
    {
        double best = 0;
        float sink = 0;
        for (int i = 0; i < 30; i++)
        {
            long start = Stopwatch.GetTimestamp();
            sink += Vector512.IsHardwareAccelerated ? Multiply512() : Multiply256();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int lanes = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
            best = Math.Max(best, 2.0 * Rounds * Chains * lanes / seconds * 1e-9);
        }

        // The sum is used, so that the compiler keeps the work.
        return float.IsNaN(sink) ? 0 : best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply512()
    {
        Vector512<float> a = Vector512.Create(0.5f), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        Vector512<float> i = a, j = a, k = a, l = a, m = a, n = a, o = a, p = a, half = a;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, half, half);
            b = Vector512.FusedMultiplyAdd(b, half, half);
            c = Vector512.FusedMultiplyAdd(c, half, half);
            d = Vector512.FusedMultiplyAdd(d, half, half);
            e = Vector512.FusedMultiplyAdd(e, half, half);
            f = Vector512.FusedMultiplyAdd(f, half, half);
            g = Vector512.FusedMultiplyAdd(g, half, half);
            h = Vector512.FusedMultiplyAdd(h, half, half);
            i = Vector512.FusedMultiplyAdd(i, half, half);
            j = Vector512.FusedMultiplyAdd(j, half, half);
            k = Vector512.FusedMultiplyAdd(k, half, half);
            l = Vector512.FusedMultiplyAdd(l, half, half);
            m = Vector512.FusedMultiplyAdd(m, half, half);
            n = Vector512.FusedMultiplyAdd(n, half, half);
            o = Vector512.FusedMultiplyAdd(o, half, half);
            p = Vector512.FusedMultiplyAdd(p, half, half);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply256()
    {
        Vector256<float> a = Vector256.Create(0.5f), b = a, c = a, d = a, e = a, f = a, g = a, h = a, half = a;
        for (int round = 0; round < 2 * Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, half, half);
            b = Vector256.FusedMultiplyAdd(b, half, half);
            c = Vector256.FusedMultiplyAdd(c, half, half);
            d = Vector256.FusedMultiplyAdd(d, half, half);
            e = Vector256.FusedMultiplyAdd(e, half, half);
            f = Vector256.FusedMultiplyAdd(f, half, half);
            g = Vector256.FusedMultiplyAdd(g, half, half);
            h = Vector256.FusedMultiplyAdd(h, half, half);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }
}
