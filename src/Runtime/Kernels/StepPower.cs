using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>
/// The power βᵗ of step t, for generated code: one multiplication from step to step, where <see cref="Math.Pow"/> takes some 35 ns, which a step of few parameters would notice.
/// The value depends on β and t alone, not on the steps before: powers of multiples of 64 come from <see cref="Math.Pow"/>, those between from products that begin there.
/// </summary>
public struct StepPower
{
    private const long Block = 64;

    private double _x;
    private long _exponent;
    private double _power;

    /// <summary><paramref name="x"/> to the power of <paramref name="step"/>.</summary>
    /// <param name="x">Any number.</param>
    /// <param name="step">A whole number from 1 on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Of(double x, double step)
    {
        long exponent = (long)step;
        if (x == _x && exponent - 1 == _exponent && exponent % Block != 0)
            _power *= x;
        else if (x != _x || exponent != _exponent)
            Start(x, exponent);
        _exponent = exponent;
        return _power;
    }

    private void Start(double x, long exponent)
    {
        _x = x;
        _power = Math.Pow(x, exponent - (exponent % Block));
        for (long i = exponent % Block; i > 0; i--)
            _power *= x;
    }
}
