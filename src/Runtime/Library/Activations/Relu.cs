namespace OptGen;

public static partial class Ops
{
    /// <summary>Rectified linear unit: the positive part of x; NaN stays NaN.</summary>
    /// <remarks>Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.</remarks>
    public static Tensor Relu(Tensor x) => Map(x, Relu);

    /// <inheritdoc cref="Relu(Tensor)"/>
    [Elementwise]
    public static float Relu(float x) => x <= 0 ? 0 : x;
}
