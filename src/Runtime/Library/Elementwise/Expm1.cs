namespace OptGen;

public static partial class Ops
{
    /// <summary>eˣ − 1, accurate near 0 as well, where it is 2t/(1 − t) with t = tanh(x/2).</summary>
    public static Tensor Expm1(Tensor x) => Map(x, Expm1);

    /// <inheritdoc cref="Expm1(Tensor)"/>
    [Elementwise]
    public static float Expm1(float x)
    {
        if (MathF.Abs(x) > 1)
            return MathF.Exp(x) - 1;
        float t = MathF.Tanh(x / 2);
        return 2 * t / (1 - t);
    }
}
