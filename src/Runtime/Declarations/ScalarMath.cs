namespace OptGen;

/// <summary>Functions of one number that <see cref="MathF"/> lacks and the compiler knows.</summary>
public static class ScalarMath
{
    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Primitive]
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>2/√π · ∫₀ˣ exp(−t²) dt, the error function.</summary>
    [Primitive]
    public static float Erf(float x)
    {
        if (!(MathF.Abs(x) < 4))
            return MathF.Abs(x) >= 4 ? MathF.Sign(x) : x;
        double term = x, sum = x;
        for (int n = 1; n < 100; n++)
        {
            term *= 2.0 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return (float)(2 / Math.Sqrt(Math.PI) * Math.Exp(-(double)x * x) * sum);
    }
}
