namespace OptGen;

public static partial class Ops
{
    /// <summary>x·tanh(softplus(x)).</summary>
    /// <remarks>Misra, "Mish: a self regularized non-monotonic activation function", 2019.</remarks>
    public static Tensor Mish(Tensor x) => Map(x, Mish);

    /// <inheritdoc cref="Mish(Tensor)"/>
    [Elementwise]
    public static float Mish(float x) => x * MathF.Tanh(Softplus(x));
}
