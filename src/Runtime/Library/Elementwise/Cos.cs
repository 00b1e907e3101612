namespace OptGen;

public static partial class Ops
{
    /// <summary>Cosine, element by element; the argument is in radians.</summary>
    public static Tensor Cos(Tensor x) => Map(x, Cos);

    /// <inheritdoc cref="Cos(Tensor)"/>
    [Elementwise]
    public static float Cos(float x) => MathF.Cos(x);
}
