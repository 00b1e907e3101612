namespace OptGen;

public static partial class Ops
{
    /// <summary>Continuously differentiable exponential linear unit: x, or alpha·(e^(x/alpha) − 1) below 0. Alpha is 1f.</summary>
    /// <remarks>Barron, "Continuously differentiable exponential linear units", 2017.</remarks>
    public static Tensor Celu(Tensor x) => Map(x, Celu);

    /// <summary>Continuously differentiable exponential linear unit: x, or alpha·(e^(x/alpha) − 1) below 0.</summary>
    /// <param name="x">What it is applied to, element by element.</param>
    /// <param name="alpha">The value it approaches far below 0, with a minus.</param>
    public static Tensor Celu(Tensor x, float alpha)
    {
        Argument.Positive(alpha, nameof(alpha));
        return Map(x, value => Celu(value, alpha));
    }

    /// <inheritdoc cref="Celu(Tensor)"/>
    [Elementwise]
    public static float Celu(float x) => Celu(x, 1f);

    /// <inheritdoc cref="Celu(Tensor, float)"/>
    [Elementwise]
    public static float Celu(float x, float alpha) => x > 0 ? x : alpha * Expm1(x / alpha);
}
