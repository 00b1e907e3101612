namespace OptGen;

public static partial class Ops
{
    /// <summary>Hyperbolic tangent.</summary>
    /// <remarks>LeCun, Bottou, Orr and Müller, "Efficient backprop", 1998.</remarks>
    public static Tensor Tanh(Tensor x) => Map(x, Tanh);

    /// <inheritdoc cref="Tanh(Tensor)"/>
    [Elementwise]
    public static float Tanh(float x) => MathF.Tanh(x);
}
