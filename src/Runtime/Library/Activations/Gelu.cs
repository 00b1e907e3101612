namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Gaussian error linear unit: each number times the probability that a standard normal one is smaller.
    /// <code>
    /// y = x · (1 + erf(x/√2)) / 2
    /// </code>
    /// </summary>
    /// <remarks>Hendrycks and Gimpel, "Gaussian error linear units", 2016.</remarks>
    public static Tensor Gelu(Tensor x) => Map(x, Gelu);

    /// <inheritdoc cref="Gelu(Tensor)"/>
    [Elementwise]
    public static float Gelu(float x) => x * (0.5f * (1 + ScalarMath.Erf(x / MathF.Sqrt(2))));
}
