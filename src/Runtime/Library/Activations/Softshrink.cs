namespace OptGen;

public static partial class Ops
{
    /// <summary>Soft threshold: moves x towards 0 by threshold, and what would cross it to 0. Threshold is 0.5f.</summary>
    /// <remarks>Donoho, "De-noising by soft-thresholding", 1995.</remarks>
    public static Tensor Softshrink(Tensor x) => Map(x, Softshrink);

    /// <summary>Soft threshold: moves x towards 0 by threshold, and what would cross it to 0.</summary>
    /// <param name="x">What it is applied to, element by element.</param>
    /// <param name="threshold">How far values move.</param>
    public static Tensor Softshrink(Tensor x, float threshold)
    {
        Argument.NotNegative(threshold, nameof(threshold));
        return Map(x, value => Softshrink(value, threshold));
    }

    /// <inheritdoc cref="Softshrink(Tensor)"/>
    [Elementwise]
    public static float Softshrink(float x) => Softshrink(x, 0.5f);

    /// <inheritdoc cref="Softshrink(Tensor, float)"/>
    [Elementwise]
    public static float Softshrink(float x, float threshold) => MathF.Abs(x) <= threshold ? 0 : x > 0 ? x - threshold : x + threshold;
}
