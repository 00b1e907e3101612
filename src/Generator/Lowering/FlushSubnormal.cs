using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// Stores a state that has fallen below the smallest normal number as 0. The moments of a parameter whose gradient stays 0 decay towards it, get stuck just above 0
/// by rounding, and would slow every later step down: processors take some hundred cycles for an operation on a subnormal number.
/// </summary>
internal static class FlushSubnormal
{
    /// <summary>What is smaller in magnitude and not 0 is subnormal.</summary>
    public static double SmallestNormal(bool isDouble) => isDouble ? 2.2250738585072014E-308 : 1.17549435E-38f;

    public static ScalarFunction Run(ScalarFunction state, Precision precision)
    {
        ScalarBuilder scalar = new();
        int value = scalar.Inline(state, [.. Enumerable.Range(0, state.InputCount).Select(scalar.Input)])[0];
        int smallest = scalar.Constant(SmallestNormal(precision == Precision.Double));
        // Written so that NaN, for which every comparison is false, stays.
        int isSubnormal = scalar.Apply(ScalarOp.Less, scalar.Apply(ScalarOp.Abs, value), smallest);
        return scalar.Build(state.InputCount, scalar.Apply(ScalarOp.Select, isSubnormal, scalar.Constant(0), value));
    }
}
