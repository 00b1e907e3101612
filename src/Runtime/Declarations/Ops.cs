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

    /// <summary>Sum along one or several axes, which stay with size 1.</summary>
    [Primitive]
    public static Tensor Sum(Tensor x, params int[] axis) => throw Symbolic.Run();

    /// <summary>Largest element along one or several axes, which stay with size 1.</summary>
    [Primitive]
    public static Tensor Max(Tensor x, params int[] axis) => throw Symbolic.Run();

    /// <summary>Smallest element along one or several axes, which stay with size 1.</summary>
    [Primitive]
    public static Tensor Min(Tensor x, params int[] axis) => throw Symbolic.Run();

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

    /// <summary>
    /// Sums products of two tensors over loops: matrix products, attention and all kinds of convolution.
    /// </summary>
    /// <param name="formula">
    /// Positions in the operands and the loops of the result, such as <c>"[2*y + i - 1, c] · [i, c, o] -> [y:14, o]"</c>. Loops that the result lacks are summed over. A
    /// position may be divided, <c>(y + 1 - i) / 2</c>. What lies outside a tensor, or leaves a remainder, counts as 0. A loop has the size of an axis where it stands
    /// alone, unless a size is written behind a colon. The rows of a batch are implied.
    /// </param>
    /// <param name="left">The first operand.</param>
    /// <param name="right">The second operand.</param>
    [Primitive]
    public static Tensor Contract(string formula, Tensor left, Tensor right) => throw Symbolic.Run();

    /// <summary>The elements of a tensor at positions that a formula gives: windows, among other things.</summary>
    /// <param name="formula">As in <see cref="Contract"/>, with one operand and every loop in the result: <c>"[2*y + i, c] -> [y:7, i:3, c]"</c>.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="outside">What stands where a position lies outside or leaves a remainder.</param>
    [Primitive]
    public static Tensor View(string formula, Tensor x, float outside = 0) => throw Symbolic.Run();

    /// <summary>
    /// A recurrence: <paramref name="step"/> makes the next state of the last one and of one element of a sequence. The code is read once, and runs in a loop.
    /// </summary>
    /// <param name="initial">The state before the first step. Rows of a batch are implied: <c>Fill(0, 64)</c> begins every row with zeros.</param>
    /// <param name="sequence">Its first axis counts the steps; a step gets an element without that axis.</param>
    /// <param name="step">Takes a state and an element of the sequence, gives the next state, which has the shape of the state.</param>
    /// <param name="backwards">Whether the last element comes first.</param>
    /// <returns>The state after each step, at the position of the step's element.</returns>
    /// <example><c>Scan(Fill(0, 64), x, (state, input) => 0.9f * state + 0.1f * input)</c> is a running mean of a sequence of 64 numbers in each step.</example>
    [Primitive]
    public static Tensor Scan(Tensor initial, Tensor sequence, Func<Tensor, Tensor, Tensor> step, bool backwards = false) => throw Symbolic.Run();

    /// <summary>A recurrence of two states: see <see cref="Scan(Tensor, Tensor, Func{Tensor, Tensor, Tensor}, bool)"/>.</summary>
    /// <param name="first">One state before the first step.</param>
    /// <param name="second">The other.</param>
    /// <param name="sequence">Its first axis counts the steps; a step gets an element without that axis.</param>
    /// <param name="step">Takes both states and an element of the sequence, gives the next states.</param>
    /// <param name="backwards">Whether the last element comes first.</param>
    /// <returns>Both states after each step, at the position of the step's element.</returns>
    [Primitive]
    public static (Tensor First, Tensor Second) Scan(
        Tensor first, Tensor second, Tensor sequence, Func<Tensor, Tensor, Tensor, (Tensor First, Tensor Second)> step, bool backwards = false) => throw Symbolic.Run();

    /// <summary>A recurrence of any number of states over any number of sequences: see <see cref="Scan(Tensor, Tensor, Func{Tensor, Tensor, Tensor}, bool)"/>.</summary>
    /// <param name="initial">The states before the first step.</param>
    /// <param name="sequences">The first axis of each counts the steps; a step gets an element of each without that axis.</param>
    /// <param name="step">Takes the states and an element of each sequence, gives the next states.</param>
    /// <param name="backwards">Whether the last elements come first.</param>
    /// <returns>Each state after each step, at the position of the step's elements.</returns>
    [Primitive]
    public static Tensor[] Scan(Tensor[] initial, Tensor[] sequences, Func<Tensor[], Tensor[], Tensor[]> step, bool backwards = false) => throw Symbolic.Run();

    /// <summary>A tensor whose elements are all the same number.</summary>
    [Primitive]
    public static Tensor Fill(float value, params int[] shape) => throw Symbolic.Run();

    /// <summary>The numbers 0, 1, … <paramref name="size"/> − 1.</summary>
    [Primitive]
    public static Tensor Iota(int size) => throw Symbolic.Run();

    /// <summary>Rows of a table by their numbers; its gradient is added up row by row.</summary>
    /// <param name="table">Axis 0 counts its rows.</param>
    /// <param name="rows">Numbers of rows.</param>
    [Primitive]
    public static Tensor Lookup(Tensor table, Labels rows) => throw Symbolic.Run();

    /// <summary>
    /// A tensor of the shape of <paramref name="x"/> of numbers that are uniform in [0, 1), drawn anew in each step. They are a function of the model's seed, the step and
    /// the position, and are never stored.
    /// </summary>
    [Primitive]
    public static Tensor RandomUniform(Tensor x) => throw Symbolic.Run();

    /// <summary>A tensor of numbers that are known when the model is compiled, in row-major order.</summary>
    [Primitive]
    public static Tensor Constant(float[] values, params int[] shape) => throw Symbolic.Run();

    /// <summary>The parameters used so far whose names match a pattern, such as those of the forward pass in a loss.</summary>
    /// <param name="pattern">A parameter's name, such as <c>Hidden.Kernel</c>; <c>*</c> stands for any characters.</param>
    [Primitive]
    public static Tensor[] Weights(string pattern) => throw Symbolic.Run();

    /// <summary>How many rows this call has: one number.</summary>
    [Primitive]
    public static Tensor RowCount() => throw Symbolic.Run();

    /// <summary>
    /// Whether the code is read for training, or for prediction and evaluation. It is known when the model is compiled, so only what is needed is computed.
    /// </summary>
    [Primitive]
    public static bool IsTraining() => throw Symbolic.Run();

    /// <summary>The tensor itself, marked as probabilities, which <see cref="Logits"/> then refuses.</summary>
    [Primitive]
    public static Tensor Probabilities(Tensor x) => throw Symbolic.Run();

    /// <summary>The tensor itself; a mistake is reported if it holds <see cref="Probabilities"/>. For losses that apply a softmax or sigmoid themselves.</summary>
    [Primitive]
    public static Tensor Logits(Tensor x) => throw Symbolic.Run();

    /// <summary>The tensor itself; a mistake is reported if it holds <see cref="Probabilities"/>. For losses of logarithms of probabilities.</summary>
    [Primitive]
    public static Tensor LogProbabilities(Tensor x) => throw Symbolic.Run();

    /// <summary>Joins tensors along an axis.</summary>
    [Primitive]
    public static Tensor Concat(int axis, params Tensor[] parts) => throw Symbolic.Run();
}
