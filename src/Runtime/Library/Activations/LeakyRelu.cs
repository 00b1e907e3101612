namespace OptGen;

public static partial class Ops
{
    /// <summary>Rectified linear unit that lets a share of negative values through: x, or slope·x below 0. Slope is 0.01f.</summary>
    /// <remarks>Maas et al., "Rectifier nonlinearities improve neural network acoustic models", 2013.</remarks>
    public static Tensor LeakyRelu(Tensor x) => Map(x, LeakyRelu);

    /// <summary>Rectified linear unit that lets a share of negative values through: x, or slope·x below 0.</summary>
    /// <param name="x">What it is applied to, element by element.</param>
    /// <param name="slope">Share of a negative value that passes.</param>
    public static Tensor LeakyRelu(Tensor x, float slope) => Map(x, value => LeakyRelu(value, slope));

    /// <inheritdoc cref="LeakyRelu(Tensor)"/>
    [Elementwise]
    public static float LeakyRelu(float x) => LeakyRelu(x, 0.01f);

    /// <inheritdoc cref="LeakyRelu(Tensor, float)"/>
    [Elementwise]
    public static float LeakyRelu(float x, float slope) => x > 0 ? x : slope * x;
}
