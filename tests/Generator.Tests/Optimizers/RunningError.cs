using System;

/// <summary>
/// A number with a bound on how far any careful evaluation in single precision lies from it: rounded after each operation, or less often where multiplications and
/// additions are fused or the host computes in double precision, and with mathematical functions that are off by a few units in the last place. Part of the sources
/// that the tests of random rules compile.
/// </summary>
public readonly struct RunningError
{
    /// <summary>Half a unit in the last place, with room for what is of second order.</summary>
    private const double Rounding = 1.02 / (1 << 24);

    /// <summary>What mathematical functions may be off by, those of the library and those of the system.</summary>
    private const double FunctionRounding = 8 * Rounding;

    /// <summary>Results below the smallest normal number may become 0.</summary>
    private const double Underflow = 1.2e-38;

    public RunningError(double value, double error = 0)
    {
        Value = value;
        Error = error;
    }

    /// <summary>Set when a decision depended on digits that are not certain, or a number may be beyond the range.</summary>
    [ThreadStatic]
    public static bool IsUncertain;

    public double Value { get; }

    public double Error { get; }

    // A literal stands for its decimal digits in one place and for the nearest float in another.
    public static implicit operator RunningError(float literal) => Rounded(literal, 0, Rounding);

    public static RunningError operator -(RunningError a) => new(-a.Value, a.Error);

    public static RunningError operator +(RunningError a, RunningError b) => Rounded(a.Value + b.Value, a.Error + b.Error, Rounding);

    public static RunningError operator -(RunningError a, RunningError b) => a + -b;

    public static RunningError operator *(RunningError a, RunningError b) =>
        Rounded(a.Value * b.Value, Math.Abs(a.Value) * b.Error + Math.Abs(b.Value) * a.Error + a.Error * b.Error, Rounding);

    public static RunningError operator /(RunningError a, RunningError b)
    {
        double value = a.Value / b.Value, least = Math.Abs(b.Value) - b.Error;
        return least > 0 ? Rounded(value, (a.Error + Math.Abs(value) * b.Error) / least, Rounding) : Unknown(value);
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

    public static RunningError Sign(RunningError a)
    {
        Decide(a, new RunningError(0));
        return new(Math.Sign(a.Value));
    }

    public static RunningError Floor(RunningError a)
    {
        IsUncertain |= Math.Floor(a.Value - a.Error) != Math.Floor(a.Value + a.Error);
        return new(Math.Floor(a.Value));
    }

    public static RunningError CopySign(RunningError a, RunningError b)
    {
        Decide(b, new RunningError(0));
        return new(Math.CopySign(a.Value, b.Value), a.Error);
    }

    public static RunningError Sqrt(RunningError a)
    {
        double value = Math.Sqrt(a.Value);
        return a.Value - a.Error >= 0 ? Rounded(value, value - Math.Sqrt(a.Value - a.Error), Rounding) : Unknown(value);
    }

    public static RunningError Exp(RunningError a) => Rounded(Math.Exp(a.Value), Math.Exp(a.Value) * (Math.Exp(a.Error) - 1), FunctionRounding);

    public static RunningError Log(RunningError a)
    {
        double value = Math.Log(a.Value);
        return a.Value - a.Error > 0 ? Rounded(value, value - Math.Log(a.Value - a.Error), FunctionRounding) : Unknown(value);
    }

    public static RunningError Tanh(RunningError a) => Rounded(Math.Tanh(a.Value), a.Error, FunctionRounding);

    public static RunningError Pow(RunningError a, RunningError b)
    {
        double value = Math.Pow(a.Value, b.Value), worst = 0;
        if (a.Value - a.Error <= 0)
            return Unknown(value);
        foreach (double x in new[] { a.Value - a.Error, a.Value + a.Error })
        {
            foreach (double y in new[] { b.Value - b.Error, b.Value + b.Error })
                worst = Math.Max(worst, Math.Abs(Math.Pow(x, y) - value));
        }

        return Rounded(value, worst, FunctionRounding);
    }

    private static RunningError Rounded(double value, double error, double rounding)
    {
        error += rounding * (Math.Abs(value) + error) + (value == 0 ? 0 : Underflow);
        IsUncertain |= !(Math.Abs(value) + error < float.MaxValue);
        return new RunningError(value, error);
    }

    private static RunningError Unknown(double value)
    {
        IsUncertain = true;
        return new RunningError(value);
    }

    private static void Decide(RunningError a, RunningError b) =>
        IsUncertain |= a.Error + b.Error > 0 && Math.Abs(a.Value - b.Value) <= a.Error + b.Error;
}
