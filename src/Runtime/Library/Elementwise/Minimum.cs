namespace OptGen;

public static partial class Ops
{
    /// <summary>The smaller of two elements that correspond, broadcasting.</summary>
    public static Tensor Minimum(Tensor a, Tensor b) => Map(a, b, MathF.Min);
}
