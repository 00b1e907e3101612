namespace OptGen;

public static partial class Ops
{
    /// <summary>The larger of two elements that correspond, broadcasting.</summary>
    public static Tensor Maximum(Tensor a, Tensor b) => Map(a, b, MathF.Max);
}
