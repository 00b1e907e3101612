using OptGen.Simd;

namespace OptGen;

/// <summary>
/// Random numbers by counter (Philox4x32-10; Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a number is a pure
/// function of seed, stream and index, so any thread, vector width or device draws the same bits in any order.
/// </summary>
public static class Philox
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;

    /// <summary>Four random words from a counter of four words and a key of two.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong a = (ulong)MultiplierA * c0, b = (ulong)MultiplierB * c2;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
            k0 += WeylA;
            k1 += WeylB;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>32 random bits.</summary>
    public static uint Bits(int seed, int stream, long index)
    {
        (uint x0, uint x1, uint x2, uint x3) = Block((uint)(index >> 2), (uint)(index >> 34), (uint)stream, 0, (uint)seed, 0);
        return (index & 3) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
    }

    /// <summary>A number in [0, 1), a multiple of 2⁻²⁴: exact in <see cref="float"/>.</summary>
    public static float Uniform(int seed, int stream, long index) => (Bits(seed, stream, index) >> 8) * (1f / (1 << 24));

    /// <summary>A number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public static double UniformDouble(int seed, int stream, long index)
    {
        (double even, double odd) = UniformPair(seed, stream, index >> 1);
        return (index & 1) == 0 ? even : odd;
    }

    /// <summary>
    /// A number of the standard normal distribution, by the transform of Box and Muller. It is computed without the system's mathematical functions, whose last
    /// bits differ between systems.
    /// </summary>
    public static double Normal(int seed, int stream, long index)
    {
        (double even, double odd) = UniformPair(seed, stream, index >> 1);
        (double cos, double sin) = NormalPair(even, odd);
        return (index & 1) == 0 ? cos : sin;
    }

    /// <summary>Two numbers of the standard normal distribution from 32 random bits each.</summary>
    internal static (double Cos, double Sin) NormalPair(uint radius, uint angle) => NormalPair(radius * (1.0 / (1L << 32)), angle * (1.0 / (1L << 32)));

    private static (double Cos, double Sin) NormalPair(double even, double odd)
    {
        // 1 − u lies in (0, 1], where the logarithm is finite.
        double radius = Math.Sqrt(-2 * Double64.Log(new(1 - even)).Value);
        (double sin, double cos) = CircleSinCos(odd);
        return (radius * cos, radius * sin);
    }

    private static (double Even, double Odd) UniformPair(int seed, int stream, long pair)
    {
        // The last counter word keeps these blocks apart from those of 32-bit draws.
        (uint x0, uint x1, uint x2, uint x3) = Block((uint)pair, (uint)(pair >> 32), (uint)stream, 1, (uint)seed, 0);
        const double unit = 1.0 / (1L << 53);
        return ((((ulong)x1 << 32 | x0) >> 11) * unit, (((ulong)x3 << 32 | x2) >> 11) * unit);
    }

    // Sine and cosine of 2πt for t in [0, 1): the nearest multiple of a quarter turn is exact, and the rest lies within an eighth of a turn of zero.
    private static (double Sin, double Cos) CircleSinCos(double t)
    {
        double quarter = Math.Floor((4 * t) + 0.5);
        double angle = (t - (quarter * 0.25)) * (2 * Math.PI);
        double square = angle * angle;

        // Taylor polynomials: the first omitted terms are below 2⁻⁵⁷ for |angle| ≤ π/4.
        double sin = Horner(square, SinTerms) * angle;
        double cos = Horner(square, CosTerms);
        return ((int)quarter & 3) switch { 0 => (sin, cos), 1 => (cos, -sin), 2 => (-sin, -cos), _ => (-cos, sin) };
    }

    private static ReadOnlySpan<double> SinTerms =>
        [1.0 / 355687428096000, -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6, 1];

    private static ReadOnlySpan<double> CosTerms =>
        [1.0 / 20922789888000, -1.0 / 87178291200, 1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320, -1.0 / 720, 1.0 / 24, -1.0 / 2, 1];

    private static double Horner(double x, ReadOnlySpan<double> terms)
    {
        double sum = 0;
        foreach (double term in terms)
            sum = (sum * x) + term;
        return sum;
    }
}
