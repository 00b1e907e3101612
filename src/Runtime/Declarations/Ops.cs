namespace OptGen;

/// <summary>
/// Operations on tensors, for <c>using static OptGen.Ops;</c>. Those here are the compiler's primitives; the library adds compositions of them. The batch
/// axis is implied: a nonnegative axis counts without it, a negative one counts from the end.
/// </summary>
public static partial class Ops
{
    /// <summary>Matrix product over the last axis of <paramref name="left"/> and the first of <paramref name="right"/>: [.., m, k] · [k, n].</summary>
    [Primitive]
    public static Tensor MatMul(Tensor left, Tensor right) => throw Symbolic.Run();

    /// <summary>Sum along an axis, which stays with size 1.</summary>
    [Primitive]
    public static Tensor Sum(Tensor x, int axis) => throw Symbolic.Run();

    /// <summary>Largest element along an axis, which stays with size 1.</summary>
    [Primitive]
    public static Tensor Max(Tensor x, int axis) => throw Symbolic.Run();

    /// <summary>Smallest element along an axis, which stays with size 1.</summary>
    [Primitive]
    public static Tensor Min(Tensor x, int axis) => throw Symbolic.Run();

    /// <summary>Sum of all elements of all rows: one number.</summary>
    [Primitive]
    public static Tensor Sum(Tensor x) => throw Symbolic.Run();

    /// <summary>Mean of all elements of all rows: one number.</summary>
    [Primitive]
    public static Tensor Mean(Tensor x) => throw Symbolic.Run();

    /// <summary>Sum over the rows of the batch; the other axes stay.</summary>
    [Primitive]
    public static Tensor SumOverBatch(Tensor x) => throw Symbolic.Run();

    /// <summary>Mean over the rows of the batch; the other axes stay.</summary>
    [Primitive]
    public static Tensor MeanOverBatch(Tensor x) => throw Symbolic.Run();

    /// <summary>Applies a function of one number to every element.</summary>
    [Primitive]
    public static Tensor Map(Tensor x, Func<float, float> function) => throw Symbolic.Run();

    /// <summary>Applies a function of two numbers to elements that correspond, broadcasting.</summary>
    [Primitive]
    public static Tensor Map(Tensor a, Tensor b, Func<float, float, float> function) => throw Symbolic.Run();

    /// <summary>Applies a function of three numbers to elements that correspond, broadcasting.</summary>
    [Primitive]
    public static Tensor Map(Tensor a, Tensor b, Tensor c, Func<float, float, float, float> function) => throw Symbolic.Run();

    /// <summary>1 at the position of each label along a new last axis, 0 elsewhere.</summary>
    [Primitive]
    public static Tensor OneHot(Labels labels, int classes) => throw Symbolic.Run();

    /// <summary>The tensor itself, through which no gradient flows.</summary>
    [Primitive]
    public static Tensor StopGradient(Tensor x) => throw Symbolic.Run();

    /// <summary>The same elements in row-major order under another shape; one size may be −1 and is then inferred.</summary>
    [Primitive]
    public static Tensor Reshape(Tensor x, params int[] shape) => throw Symbolic.Run();

    /// <summary>Axis i of the result is axis <paramref name="axes"/>[i] of the operand.</summary>
    [Primitive]
    public static Tensor Transpose(Tensor x, params int[] axes) => throw Symbolic.Run();

    /// <summary>Elements <paramref name="start"/>, <paramref name="start"/> + <paramref name="step"/>, … along an axis.</summary>
    [Primitive]
    public static Tensor Slice(Tensor x, int axis, int start, int length, int step = 1) => throw Symbolic.Run();

    /// <summary>Joins tensors along an axis.</summary>
    [Primitive]
    public static Tensor Concat(int axis, params Tensor[] parts) => throw Symbolic.Run();
}
