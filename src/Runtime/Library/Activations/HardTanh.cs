namespace OptGen;

public static partial class Ops
{
    /// <summary>x, cut to −1 … 1.</summary>
    /// <remarks>Collobert, "Large scale machine learning", 2004.</remarks>
    public static Tensor HardTanh(Tensor x) => Map(x, HardTanh);

    /// <inheritdoc cref="HardTanh(Tensor)"/>
    [Elementwise]
    public static float HardTanh(float x) => x > 1 ? 1 : x < -1 ? -1 : x;
}
