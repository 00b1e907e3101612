namespace OptGen.Generator.Scalar;

/// <summary>What each operation computes, in double precision: for folding constants.</summary>
internal static class ScalarMath
{
    /// <summary>The result of an operation that gives a number.</summary>
    public static double Number(ScalarOp op, double a, double b = 0, double c = 0) => op switch
    {
        ScalarOp.Negate => -a,
        ScalarOp.Abs => Math.Abs(a),
        ScalarOp.Sign => a > 0 ? 1 : a < 0 ? -1 : a,
        ScalarOp.Floor => Math.Floor(a),
        ScalarOp.Sqrt => Math.Sqrt(a),
        ScalarOp.Cbrt => Cbrt(a),
        ScalarOp.Exp => Math.Exp(a),
        ScalarOp.Log => Math.Log(a),
        ScalarOp.Tanh => Math.Tanh(a),
        ScalarOp.Sigmoid => 1 / (1 + Math.Exp(-a)),
        ScalarOp.Erf => Erf(a),
        ScalarOp.Sin => Math.Sin(a),
        ScalarOp.Cos => Math.Cos(a),
        ScalarOp.Add => a + b,
        ScalarOp.Subtract => a - b,
        ScalarOp.Multiply => a * b,
        ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal => a / b,
        ScalarOp.Min => Math.Min(a, b),
        ScalarOp.Max => Math.Max(a, b),
        ScalarOp.Pow => Math.Pow(a, b),
        ScalarOp.CopySign => IsNegative(b) ? -Math.Abs(a) : Math.Abs(a),
        ScalarOp.FlushSubnormal => b != 0 && Math.Abs(a) < 2.2250738585072014E-308 ? 0 : a,
        ScalarOp.FusedMultiplyAdd => (a * b) + c,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not an operation on numbers"),
    };

    /// <summary>The cube root: a power, of which one step of Newton takes the error that the rounded exponent makes.</summary>
    private static double Cbrt(double x)
    {
        if (x == 0 || double.IsNaN(x) || double.IsInfinity(x))
            return x;
        double root = Math.Pow(Math.Abs(x), 1.0 / 3);
        root -= (root - (Math.Abs(x) / (root * root))) / 3;
        return x < 0 ? -root : root;
    }

    /// <summary>The error function: its series, whose terms are all of one sign, or 1 where that rounds to it.</summary>
    private static double Erf(double x)
    {
        double magnitude = Math.Abs(x);
        if (double.IsNaN(x) || magnitude > 6)
            return double.IsNaN(x) ? x : Math.Sign(x);
        double term = magnitude, sum = magnitude;
        for (int n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * magnitude * magnitude / ((2 * n) + 1);
            sum += term;
        }

        double result = 2 / Math.Sqrt(Math.PI) * Math.Exp(-magnitude * magnitude) * sum;
        return x < 0 ? -result : result;
    }

    /// <summary>The result of a comparison.</summary>
    public static bool Truth(ScalarOp op, double a, double b) => op switch
    {
        ScalarOp.Less => a < b,
        ScalarOp.LessOrEqual => a <= b,
        ScalarOp.Equal => a == b,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a comparison"),
    };

    /// <summary>True for −0 and for a NaN with its sign bit set, too.</summary>
    public static bool IsNegative(double x) => BitConverter.DoubleToInt64Bits(x) < 0;

    /// <summary>True when x and 1/x are both powers of two in float's normal range, so that multiplying by 1/x is dividing by x, to the last bit.</summary>
    public static bool HasExactReciprocal(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        return (bits & 0xFFFFFFFFFFFFF) == 0 && exponent is > -126 and < 126;
    }
}
