namespace OptGen.Generator.Scalar;

/// <summary>Local identities that hold for every operand, NaN and infinities included, unless a remark says otherwise.</summary>
internal static class Simplify
{
    /// <summary>The value number of something equal and simpler, or null.</summary>
    public static int? TryLocal(ScalarBuilder builder, ScalarOp op, int a, int b, int c)
    {
        return null;
    }
}
