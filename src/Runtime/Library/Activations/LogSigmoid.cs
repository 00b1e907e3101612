namespace OptGen;

public static partial class Ops
{
    /// <summary>ln(1 / (1 + e⁻ˣ)), written so that nothing overflows.</summary>
    /// <remarks>The logarithm of <see cref="Sigmoid(Tensor)"/>, as PyTorch's LogSigmoid.</remarks>
    public static Tensor LogSigmoid(Tensor x) => Map(x, LogSigmoid);

    /// <inheritdoc cref="LogSigmoid(Tensor)"/>
    [Elementwise]
    public static float LogSigmoid(float x) => MathF.Min(x, 0) - MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));
}
