namespace OptGen;

public static partial class Ops
{
    /// <summary>x / (1 + |x|).</summary>
    /// <remarks>Bergstra, Desjardins, Lamblin and Bengio, "Quadratic polynomials learn better image features", 2009.</remarks>
    public static Tensor Softsign(Tensor x) => Map(x, Softsign);

    /// <inheritdoc cref="Softsign(Tensor)"/>
    [Elementwise]
    public static float Softsign(float x) => x / (1 + MathF.Abs(x));
}
