namespace OptGen;

public static partial class Ops
{
    /// <summary>Scaled exponential linear unit: an ELU whose constants keep mean 0 and variance 1 through deep networks.</summary>
    /// <remarks>Klambauer et al., "Self-normalizing neural networks", 2017.</remarks>
    public static Tensor Selu(Tensor x) => Map(x, Selu);

    /// <inheritdoc cref="Selu(Tensor)"/>
    [Elementwise]
    public static float Selu(float x) => (float)1.0507009873554804934 * (x > 0 ? x : (float)1.6732632423543772848 * Expm1(x));
}
