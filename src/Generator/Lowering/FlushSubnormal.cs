using OptGen.Generator.Scalar;

namespace OptGen.Generator.Lowering;

/// <summary>
/// Stores a state that has fallen below the smallest normal number as 0. The moments of a parameter whose gradient stays 0 decay towards it, get stuck just above 0
/// by rounding, and would slow every later step down: processors take some hundred cycles for an operation on a subnormal number. To look for such numbers takes time
/// in every step, and a moment takes hundreds of steps to become one, so elements are looked at in one step of <see cref="Interval"/>.
/// </summary>
internal static class FlushSubnormal
{
    /// <summary>Steps from one look to the next: a power of two, so that dividing by it is exact.</summary>
    public const int Interval = 16;

    /// <summary>1 in a step in which elements are looked at, otherwise 0.</summary>
    public static int Flag(ScalarBuilder scalar, int step)
    {
        int rounds = scalar.Apply(ScalarOp.Divide, step, scalar.Constant(Interval));
        return scalar.Apply(ScalarOp.Select, scalar.Apply(ScalarOp.Equal, rounds, scalar.Apply(ScalarOp.Floor, rounds)), scalar.Constant(1), scalar.Constant(0));
    }

    /// <summary>A function of a new state that gives it without subnormal numbers; its second output, where it has one, is the flag. Where the state stays as it is, it does to the last bit.</summary>
    /// <param name="own">The input that is the state before.</param>
    public static ScalarFunction Run(ScalarFunction state, int own)
    {
        ScalarBuilder scalar = new();
        int[] values = scalar.Inline(state, [.. Enumerable.Range(0, state.InputCount).Select(scalar.Input)]);
        int flag = values.Length > 1 ? values[1] : scalar.Constant(1);
        bool IsOwn(int value) => scalar[value] is { Op: ScalarOp.Input, A: int input } && input == own;
        int Flushed(int value) => IsOwn(value) ? value : scalar.Apply(ScalarOp.FlushSubnormal, value, flag);
        ScalarNode result = scalar[values[0]];
        bool isKept = result.Op == ScalarOp.Select && (IsOwn(result.B) || IsOwn(result.C));
        return scalar.Build(state.InputCount, isKept ? scalar.Apply(ScalarOp.Select, result.A, Flushed(result.B), Flushed(result.C)) : scalar.Apply(ScalarOp.FlushSubnormal, values[0], flag));
    }
}
