namespace OptGen;

public static partial class Ops
{
    /// <summary>Gaussian error linear unit by its tanh approximation: x·(1 + tanh(√(2/π)·(x + 0.044715x³)))/2.</summary>
    /// <remarks>Hendrycks and Gimpel, "Gaussian error linear units", 2016.</remarks>
    public static Tensor GeluTanh(Tensor x) => Map(x, GeluTanh);

    /// <inheritdoc cref="GeluTanh(Tensor)"/>
    [Elementwise]
    public static float GeluTanh(float x) => 0.5f * x * (1 + MathF.Tanh((float)0.79788456080286535588 * (x + 0.044715f * x * x * x)));
}
