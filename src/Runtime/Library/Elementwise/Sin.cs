namespace OptGen;

public static partial class Ops
{
    /// <summary>Sine, element by element; the argument is in radians.</summary>
    public static Tensor Sin(Tensor x) => Map(x, Sin);

    /// <inheritdoc cref="Sin(Tensor)"/>
    [Elementwise]
    public static float Sin(float x) => MathF.Sin(x);
}
