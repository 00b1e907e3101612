using System.Numerics;

namespace OptGen.Runtime.Tests.Simd;

/// <summary>The error function: the reference of the tests.</summary>
internal static class ExactErf
{
    private const int Places = 256;

    // 2/√π in two parts, for arguments of which only the first term of the series counts.
    private const double High = 1.1283791670955126, Low = 1.533545961316588e-17;

    // 2/√π to 60 decimal places.
    private static readonly BigInteger s_twoOverRootPi = (BigInteger.Parse("1128379167095512573896158903121545171688101258657997713688171", System.Globalization.CultureInfo.InvariantCulture) << Places)
        / BigInteger.Pow(10, 60);

    /// <summary>The same in double precision, which is exact enough for float: 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5 ⋯ (2n + 1)).</summary>
    public static double InDouble(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6)
            return double.IsNaN(x) ? x : Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return sum * High * Math.Exp(-x * x);
    }

    /// <summary>By its Taylor series in 256 binary places, rounded to double.</summary>
    public static double Of(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) < 1e-10)
            return Math.FusedMultiplyAdd(x, High, x * Low) is var first && first == 0 ? x * High : first;
        if (Math.Abs(x) > 6)
            return Math.Sign(x);

        // x is a whole multiple of 2⁻⁸⁶ or larger; Σ (−1)ⁿ x²ⁿ⁺¹ / (n!·(2n + 1)), of which no term is larger than e³⁶.
        BigInteger fixedX = (BigInteger)Math.ScaleB(Math.Abs(x), 120) << (Places - 120), square = (fixedX * fixedX) >> Places, power = fixedX, sum = fixedX;
        for (int n = 1; !power.IsZero; n++)
        {
            power = -((power * square) >> Places) / n;
            sum += power / ((2 * n) + 1);
        }

        double result = Math.ScaleB((double)((sum * s_twoOverRootPi) >> (Places + Places - 180)), -180);
        return Math.CopySign(result, x);
    }
}
