namespace OptGen;

public static partial class Ops
{
    /// <summary>x times the piecewise linear sigmoid.</summary>
    /// <remarks>Howard et al., "Searching for MobileNetV3", 2019.</remarks>
    public static Tensor HardSwish(Tensor x) => Map(x, HardSwish);

    /// <inheritdoc cref="HardSwish(Tensor)"/>
    [Elementwise]
    public static float HardSwish(float x) => x * HardSigmoid(x);
}
