namespace OptGen;

public static partial class Ops
{
    /// <summary>Absolute value, element by element.</summary>
    public static Tensor Abs(Tensor x) => Map(x, Abs);

    /// <inheritdoc cref="Abs(Tensor)"/>
    [Elementwise]
    public static float Abs(float x) => MathF.Abs(x);
}
