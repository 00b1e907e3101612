namespace OptGen;

public static partial class Ops
{
    /// <summary>x − tanh x.</summary>
    /// <remarks>The rest that <see cref="Tanh(Tensor)"/> leaves, as PyTorch's Tanhshrink.</remarks>
    public static Tensor Tanhshrink(Tensor x) => Map(x, Tanhshrink);

    /// <inheritdoc cref="Tanhshrink(Tensor)"/>
    [Elementwise]
    public static float Tanhshrink(float x) => x - MathF.Tanh(x);
}
