using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OptGen.Simd;

namespace OptGen.Bench;

/// <summary>How long division and square root keep this machine's vector unit busy, as multiples of an addition or a multiplication.</summary>
internal static class OperationCost
{
    private const int Rounds = 20_000;
    private const int Chains = 8;

    private static readonly Lazy<(double Division, double Root)> s_costs = new(Measure);

    public static double Division => s_costs.Value.Division;

    public static double Root => s_costs.Value.Root;

    private static (double Division, double Root) Measure()
    {
        int lanes = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
        double simple = lanes / MachinePeak.GigaflopsPerSecond() * 1e-9;
        return (Math.Max(Best(Divide) / simple, 1), Math.Max(Best(Roots) / simple, 1));
    }

    /// <summary>Seconds for one vector, the best of several short runs.</summary>
    private static double Best(Func<Vector512<float>> chains)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < 30; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = chains();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        // Without 512 bits each operation is two.
        return best / Rounds / Chains / (Vector512.IsHardwareAccelerated ? 1 : 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Divide()
    {
        // As updates divide.
        Float512 one = new(Vector512<float>.One), a = new(Vector512.Create(1.5f)), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (int round = 0; round < Rounds; round++)
        {
            a = Float512.DivideEstimate(one, a);
            b = Float512.DivideEstimate(one, b);
            c = Float512.DivideEstimate(one, c);
            d = Float512.DivideEstimate(one, d);
            e = Float512.DivideEstimate(one, e);
            f = Float512.DivideEstimate(one, f);
            g = Float512.DivideEstimate(one, g);
            h = Float512.DivideEstimate(one, h);
        }

        return (a + b + c + d + e + f + g + h).Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Roots()
    {
        Vector512<float> a = Vector512.Create(1.5f), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector512.Sqrt(a);
            b = Vector512.Sqrt(b);
            c = Vector512.Sqrt(c);
            d = Vector512.Sqrt(d);
            e = Vector512.Sqrt(e);
            f = Vector512.Sqrt(f);
            g = Vector512.Sqrt(g);
            h = Vector512.Sqrt(h);
        }

        return a + b + c + d + e + f + g + h;
    }
}
