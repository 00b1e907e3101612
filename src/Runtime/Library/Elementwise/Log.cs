namespace OptGen;

public static partial class Ops
{
    /// <summary>Natural logarithm, element by element.</summary>
    public static Tensor Log(Tensor x) => Map(x, Log);

    /// <inheritdoc cref="Log(Tensor)"/>
    [Elementwise]
    public static float Log(float x) => MathF.Log(x);
}
