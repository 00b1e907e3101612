namespace OptGen;

public static partial class Ops
{
    /// <summary>x², element by element.</summary>
    public static Tensor Square(Tensor x) => Map(x, Square);

    /// <inheritdoc cref="Square(Tensor)"/>
    [Elementwise]
    public static float Square(float x) => x * x;
}
