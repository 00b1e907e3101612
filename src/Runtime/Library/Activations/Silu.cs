namespace OptGen;

public static partial class Ops
{
    /// <summary>Sigmoid linear unit, also called swish: x / (1 + e⁻ˣ).</summary>
    /// <remarks>Elfwing et al., "Sigmoid-weighted linear units", 2018.</remarks>
    public static Tensor Silu(Tensor x) => Map(x, Silu);

    /// <inheritdoc cref="Silu(Tensor)"/>
    [Elementwise]
    public static float Silu(float x) => x * ScalarMath.Sigmoid(x);
}
