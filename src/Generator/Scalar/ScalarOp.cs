namespace OptGen.Generator.Scalar;

/// <summary>The operations on one element. Comparisons and logic give truth values; everything else gives numbers.</summary>
internal enum ScalarOp : byte
{
    // Leaves.
    Constant,
    Input,

    // One operand.
    Negate,
    Abs,
    Sign,
    Floor,
    Sqrt,
    Cbrt,
    Exp,
    Log,
    Tanh,
    Sigmoid,
    Erf,
    Sin,
    Cos,

    // Two operands.
    Add,
    Subtract,
    Multiply,
    Divide,
    Min,
    Max,
    Pow,
    CopySign,

    // A quotient that may err in its last places where that is faster.
    DivideEstimate,

    // The same by a divisor that is never subnormal.
    DivideByNormal,

    // The first, or 0 where it is subnormal and the second is not 0.
    FlushSubnormal,

    // Three operands: a·b + c rounded once; condition ? a : b.
    FusedMultiplyAdd,
    Select,

    // Truth values. Comparisons with a NaN are false.
    Less,
    LessOrEqual,
    Equal,
    And,
    Or,
    Not,
}

/// <summary>What each operation is: the one table that passes consult.</summary>
internal static class ScalarOps
{
    public static int Arity(this ScalarOp op) => op switch
    {
        ScalarOp.Constant or ScalarOp.Input => 0,
        <= ScalarOp.Cos or ScalarOp.Not => 1,
        ScalarOp.FusedMultiplyAdd or ScalarOp.Select => 3,
        _ => 2,
    };

    public static bool IsTruth(this ScalarOp op) => op >= ScalarOp.Less;

    /// <summary>A quotient, rounded correctly or estimated.</summary>
    public static bool IsQuotient(this ScalarOp op) => op is ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal;

    /// <summary>Costs more than recomputing it would save: such a value is worth storing.</summary>
    public static bool IsExpensive(this ScalarOp op) =>
        op is ScalarOp.Exp or ScalarOp.Log or ScalarOp.Tanh or ScalarOp.Sigmoid or ScalarOp.Erf or ScalarOp.Sin or ScalarOp.Cos or ScalarOp.Pow or ScalarOp.Sqrt or ScalarOp.Cbrt
        || op.IsQuotient();

    /// <summary>Occupies a processor for many times what an addition does, or is a long chain of operations of which each waits for the last.</summary>
    public static bool IsSlow(this ScalarOp op) => op is ScalarOp.Sqrt or ScalarOp.Cbrt || op.IsQuotient();

    /// <summary>Cycles from operands to result, as they are on most processors with vectors of eight or sixteen numbers.</summary>
    public static int Latency(this ScalarOp op) => op switch
    {
        // What is flushed seldom waits for nothing.
        ScalarOp.Constant or ScalarOp.Input or ScalarOp.FlushSubnormal => 0,
        ScalarOp.Negate or ScalarOp.Abs or ScalarOp.CopySign or ScalarOp.And or ScalarOp.Or or ScalarOp.Not => 1,
        ScalarOp.Min or ScalarOp.Max or ScalarOp.Floor => 8,
        ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal or ScalarOp.Sqrt => 20,
        ScalarOp.Exp or ScalarOp.Log or ScalarOp.Tanh or ScalarOp.Sigmoid or ScalarOp.Erf or ScalarOp.Sin or ScalarOp.Cos or ScalarOp.Cbrt => 60,
        ScalarOp.Pow => 120,
        _ => 4,
    };

    /// <summary>Floating-point operations that one evaluation counts for.</summary>
    public static int Flops(this ScalarOp op) => op switch
    {
        // What is flushed seldom counts for nothing.
        ScalarOp.Constant or ScalarOp.Input or ScalarOp.FlushSubnormal => 0,
        ScalarOp.FusedMultiplyAdd => 2,
        _ => 1,
    };
}
