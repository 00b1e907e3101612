namespace OptGen;

public static partial class Ops
{
    /// <summary>Smooth rectifier: ln(1 + eˣ), written so that nothing overflows.</summary>
    /// <remarks>Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2001.</remarks>
    public static Tensor Softplus(Tensor x) => Map(x, Softplus);

    /// <inheritdoc cref="Softplus(Tensor)"/>
    [Elementwise]
    public static float Softplus(float x) => MathF.Max(x, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));
}
