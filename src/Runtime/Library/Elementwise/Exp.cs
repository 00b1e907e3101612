namespace OptGen;

public static partial class Ops
{
    /// <summary>eˣ, element by element.</summary>
    public static Tensor Exp(Tensor x) => Map(x, Exp);

    /// <inheritdoc cref="Exp(Tensor)"/>
    [Elementwise]
    public static float Exp(float x) => MathF.Exp(x);
}
