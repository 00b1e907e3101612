namespace OptGen;

public static partial class Ops
{
    /// <summary>Hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => Map(x, Tanh);

    /// <inheritdoc cref="Tanh(Tensor)"/>
    [Elementwise]
    public static float Tanh(float x) => MathF.Tanh(x);
}
