namespace OptGen;

public static partial class Ops
{
    /// <summary>Square root, element by element.</summary>
    public static Tensor Sqrt(Tensor x) => Map(x, Sqrt);

    /// <inheritdoc cref="Sqrt(Tensor)"/>
    [Elementwise]
    public static float Sqrt(float x) => MathF.Sqrt(x);
}
