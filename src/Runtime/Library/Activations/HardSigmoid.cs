namespace OptGen;

public static partial class Ops
{
    /// <summary>Piecewise linear sigmoid: x/6 + 1/2, cut to 0 … 1.</summary>
    /// <remarks>Howard et al., "Searching for MobileNetV3", 2019, in this form.</remarks>
    public static Tensor HardSigmoid(Tensor x) => Map(x, HardSigmoid);

    /// <inheritdoc cref="HardSigmoid(Tensor)"/>
    [Elementwise]
    public static float HardSigmoid(float x) => x > 3 ? 1 : x < -3 ? 0 : x / 6 + 0.5f;
}
