using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OptGen.Simd;

namespace OptGen.Bench;

/// <summary>How long the operations that take longest keep this machine's vector unit busy, as multiples of an addition or a multiplication.</summary>
internal static class OperationCost
{
    private const int Rounds = 5_000;

    private static readonly Dictionary<string, double> s_known = [];

    private static readonly double s_simple = Float512.Count / MachinePeak.GigaflopsPerSecond() * 1e-9;

    /// <summary>The cost of an operation by the name that heads of generated files give it.</summary>
    public static double Of(string name)
    {
        if (!s_known.TryGetValue(name, out double cost))
            s_known[name] = cost = Math.Max(Measure(name) / s_simple, 1);
        return cost;
    }

    private static double Measure(string name) => name switch
    {
        "division" => Best<Division>(),
        "square root" => Best<SquareRoot>(),
        "cube root" => Best<CubeRoot>(),
        "power" => Best<Power>(),
        "exponential" => Best<Exponential>(),
        "logarithm" => Best<Logarithm>(),
        "hyperbolic tangent" => Best<HyperbolicTangent>(),
        "sigmoid" => Best<Sigmoid>(),
        "error function" => Best<ErrorFunction>(),
        "sine" => Best<Sine>(),
        "cosine" => Best<Cosine>(),
        _ => throw new ArgumentException($"No operation is called {name}.", nameof(name)),
    };

    /// <summary>Seconds for one vector, the best of several short runs.</summary>
    private static double Best<TOperation>()
        where TOperation : IOperation
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < 30; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Chains<TOperation>();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best / Rounds / 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Chains<TOperation>()
        where TOperation : IOperation
    {
        Float512 a = new(Vector512.Create(1.5f)), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (int round = 0; round < Rounds; round++)
        {
            a = TOperation.Of(a);
            b = TOperation.Of(b);
            c = TOperation.Of(c);
            d = TOperation.Of(d);
            e = TOperation.Of(e);
            f = TOperation.Of(f);
            g = TOperation.Of(g);
            h = TOperation.Of(h);
        }

        return (a + b + c + d + e + f + g + h).Value;
    }

    private interface IOperation
    {
        static abstract Float512 Of(Float512 a);
    }

    /// <summary>As updates divide.</summary>
    private struct Division : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.DivideEstimate(new(Vector512<float>.One), a);
    }

    private struct SquareRoot : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Sqrt(a);
    }

    private struct CubeRoot : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Cbrt(a);
    }

    private struct Power : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Pow(a, new(Vector512.Create(0.7f)));
    }

    private struct Exponential : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Exp(a);
    }

    private struct Logarithm : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Log(a);
    }

    private struct HyperbolicTangent : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Tanh(a);
    }

    private struct Sigmoid : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Sigmoid(a);
    }

    private struct ErrorFunction : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Erf(a);
    }

    private struct Sine : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Sin(a);
    }

    private struct Cosine : IOperation
    {
        public static Float512 Of(Float512 a) => Float512.Cos(a);
    }
}
