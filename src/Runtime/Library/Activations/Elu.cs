namespace OptGen;

public static partial class Ops
{
    /// <summary>Exponential linear unit: x, or alpha·(eˣ − 1) below 0. Alpha is 1f.</summary>
    /// <remarks>Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2016.</remarks>
    public static Tensor Elu(Tensor x) => Map(x, Elu);

    /// <summary>Exponential linear unit: x, or alpha·(eˣ − 1) below 0.</summary>
    /// <param name="x">What it is applied to, element by element.</param>
    /// <param name="alpha">The value it approaches far below 0, with a minus.</param>
    public static Tensor Elu(Tensor x, float alpha) => Map(x, value => Elu(value, alpha));

    /// <inheritdoc cref="Elu(Tensor)"/>
    [Elementwise]
    public static float Elu(float x) => Elu(x, 1f);

    /// <inheritdoc cref="Elu(Tensor, float)"/>
    [Elementwise]
    public static float Elu(float x, float alpha) => x > 0 ? x : alpha * Expm1(x);
}
