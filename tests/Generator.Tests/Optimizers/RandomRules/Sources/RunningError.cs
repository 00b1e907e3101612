/// <summary>
/// A number with a bound on how far any careful evaluation lies from it: rounded after each operation, or less often where multiplications and additions are fused or
/// the host computes in double precision, and with mathematical functions that are off by a few units in the last place.
/// </summary>
public readonly struct RunningError
{
    public RunningError(double value, double error = 0)
    {
        Value = value;
        Error = error;
    }

    /// <summary>Set when a decision depended on digits that are not certain, or a number may be beyond the range.</summary>
    [ThreadStatic]
    public static bool IsUncertain;

    /// <summary>Whether the bound is for double precision. These numbers are then no more exact than what they are compared to.</summary>
    [ThreadStatic]
    public static bool IsDouble;

    public double Value { get; }

    public double Error { get; }

    /// <summary>Half a unit in the last place, with room for what is of second order.</summary>
    private static double Rounding => IsDouble ? 2.1 / (1L << 53) : 1.02 / (1 << 24);

    /// <summary>What mathematical functions may be off by, those of the library and those of the system.</summary>
    private static double FunctionRounding => 8 * Rounding;

    /// <summary>Results below the smallest normal number may become 0.</summary>
    private static double Underflow => IsDouble ? 2.3e-308 : 1.2e-38;

    private static double Largest => IsDouble ? 1e300 : float.MaxValue;

    // A literal stands for its decimal digits, or for the nearest float.
    public static implicit operator RunningError(float literal) =>
        Rounded(double.Parse(literal.ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture), 0, Rounding);

    public static RunningError operator -(RunningError a) => new(-a.Value, a.Error);

    public static RunningError operator +(RunningError a, RunningError b) => Rounded(a.Value + b.Value, a.Error + b.Error, Rounding);

    public static RunningError operator -(RunningError a, RunningError b) => a + -b;

    // Where a product is fused with a sum, underflow of the product alone does not happen.
    public static RunningError operator *(RunningError a, RunningError b) =>
        Rounded(a.Value * b.Value, (Math.Abs(a.Value) * b.Error) + (Math.Abs(b.Value) * a.Error) + (a.Error * b.Error), Rounding);

    // A division by what is the same for all elements may be a multiplication by its reciprocal.
    public static RunningError operator /(RunningError a, RunningError b)
    {
        double value = a.Value / b.Value, least = Math.Abs(b.Value) - b.Error;
        return least > 0 ? Rounded(value, (a.Error + (Math.Abs(value) * b.Error)) / least, 2 * Rounding) : Unknown(value);
    }

    public static bool operator <(RunningError a, RunningError b)
    {
        Decide(a, b);
        return a.Value < b.Value;
    }

    public static bool operator >(RunningError a, RunningError b) => b < a;

    public static bool operator <=(RunningError a, RunningError b) => !(b < a);

    public static bool operator >=(RunningError a, RunningError b) => !(a < b);

    public static RunningError Abs(RunningError a) => new(Math.Abs(a.Value), a.Error);

    public static RunningError Min(RunningError a, RunningError b) => new(Math.Min(a.Value, b.Value), Math.Max(a.Error, b.Error));

    public static RunningError Max(RunningError a, RunningError b) => new(Math.Max(a.Value, b.Value), Math.Max(a.Error, b.Error));

    public static RunningError Clamp(RunningError a, RunningError least, RunningError most) => Min(Max(a, least), most);

    public static RunningError Sign(RunningError a)
    {
        Decide(a, new RunningError(0));
        return new(double.IsNaN(a.Value) ? a.Value : Math.Sign(a.Value));
    }

    public static RunningError Floor(RunningError a)
    {
        IsUncertain |= Math.Floor(a.Value - a.Error) != Math.Floor(a.Value + a.Error);
        return new(Math.Floor(a.Value));
    }

    public static RunningError Ceiling(RunningError a) => -Floor(-a);

    public static RunningError Truncate(RunningError a)
    {
        IsUncertain |= Math.Truncate(a.Value - a.Error) != Math.Truncate(a.Value + a.Error);
        return new(Math.Truncate(a.Value));
    }

    public static RunningError CopySign(RunningError a, RunningError b)
    {
        Decide(b, new RunningError(0));
        return new(Math.CopySign(a.Value, b.Value), a.Error);
    }

    public static RunningError Sqrt(RunningError a)
    {
        double value = Math.Sqrt(a.Value), least = a.Value - a.Error;
        return least >= 0 ? Rounded(value, a.Error == 0 ? 0 : a.Error / (value + Math.Sqrt(least)), Rounding) : Unknown(value);
    }

    /// <summary>Where an interval around 0 has a vertical slope, its whole width goes through the root.</summary>
    public static RunningError Cbrt(RunningError a)
    {
        double value = Math.Cbrt(a.Value), error = Math.Max(Math.Abs(Math.Cbrt(a.Value + a.Error) - value), Math.Abs(Math.Cbrt(a.Value - a.Error) - value));
        return Rounded(value, a.Error == 0 ? 0 : 1.1 * error, FunctionRounding);
    }

    public static RunningError Exp(RunningError a) => Rounded(Math.Exp(a.Value), Math.Exp(a.Value) * a.Error * Math.Exp(a.Error), FunctionRounding);

    public static RunningError Log(RunningError a)
    {
        double value = Math.Log(a.Value), least = a.Value - a.Error;
        return least > 0 ? Rounded(value, a.Error / least, FunctionRounding) : Unknown(value);
    }

    public static RunningError Tanh(RunningError a) => Rounded(Math.Tanh(a.Value), a.Error, FunctionRounding);

    public static RunningError Sigmoid(RunningError a) => Rounded(1 / (1 + Math.Exp(-a.Value)), a.Error / 4, FunctionRounding);

    // The largest slope is 2/√π.
    public static RunningError Erf(RunningError a) => Bounded(ErfOf(a.Value), 1.13 * a.Error);

    public static RunningError Sin(RunningError a) => OfAngle(a, Math.Sin(a.Value));

    public static RunningError Cos(RunningError a) => OfAngle(a, Math.Cos(a.Value));

    public static RunningError Pow(RunningError a, RunningError b)
    {
        double value = Math.Pow(a.Value, b.Value), least = a.Value - a.Error;
        if (!(least > 0))
            return Unknown(value);
        double worst = 1.1 * value * ((Math.Abs(b.Value) * a.Error / least) + (Math.Abs(Math.Log(a.Value)) * b.Error));
        foreach (double x in new[] { least, a.Value + a.Error })
        {
            foreach (double y in new[] { b.Value - b.Error, b.Value + b.Error })
                worst = Math.Max(worst, Math.Abs(Math.Pow(x, y) - value));
        }

        return Rounded(value, worst, FunctionRounding);
    }

    /// <summary>A sum in any order, a mean or a maximum.</summary>
    public static RunningError Reduce(string kind, System.Collections.Generic.IReadOnlyList<RunningError> terms)
    {
        double sum = 0, error = 0, size = 0, most = double.NegativeInfinity, worst = 0;
        foreach (RunningError term in terms)
        {
            sum += term.Value;
            error += term.Error;
            size += Math.Abs(term.Value) + term.Error;
            most = Math.Max(most, term.Value);
            worst = Math.Max(worst, term.Error);
        }

        if (kind == "Max")
            return new RunningError(most, worst);
        RunningError total = Rounded(sum, error + (terms.Count * Rounding * size), Rounding);
        return kind == "Mean" ? total / new RunningError(terms.Count) : total;
    }

    private static double ErfOf(double x)
    {
        double z = Math.Abs(x), sum = z, term = z;
        if (!(z < 6))
            return double.IsNaN(x) ? x : Math.Sign(x);
        for (int n = 1; n < 200; n++)
        {
            term *= 2 * z * z / ((2 * n) + 1);
            sum += term;
        }

        return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum, x);
    }

    // Beyond some angle the vector functions give NaN.
    private static RunningError OfAngle(RunningError a, double value)
    {
        IsUncertain |= !(Math.Abs(a.Value) + a.Error < 1e4);
        return Bounded(value, a.Error);
    }

    /// <summary>A function whose values lie between −1 and 1.</summary>
    private static RunningError Bounded(double value, double error) => Rounded(value, error + FunctionRounding, Rounding);

    private static RunningError Rounded(double value, double error, double rounding)
    {
        error += (rounding * (Math.Abs(value) + error)) + (value == 0 ? 0 : Underflow);
        IsUncertain |= !(Math.Abs(value) + error < Largest);
        return new RunningError(value, error);
    }

    private static RunningError Unknown(double value)
    {
        IsUncertain = true;
        return new RunningError(value);
    }

    private static void Decide(RunningError a, RunningError b) =>
        IsUncertain |= double.IsNaN(a.Value + b.Value) || (a.Error + b.Error > 0 && Math.Abs(a.Value - b.Value) <= a.Error + b.Error);
}
