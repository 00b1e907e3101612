namespace OptGen;

/// <summary>Functions of one number that <see cref="MathF"/> lacks and the compiler knows.</summary>
public static class ScalarMath
{
    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Primitive]
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
