using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>Where a source reads from or an output goes: memory and numbers that live outside a graph.</summary>
internal enum BufferKind
{
    /// <summary>Input number <see cref="BufferRef.Index"/> of the model.</summary>
    Input,

    /// <summary>Parameter <see cref="BufferRef.Index"/> of the model.</summary>
    Parameter,

    /// <summary>Gradient of parameter <see cref="BufferRef.Index"/>.</summary>
    Gradient,

    /// <summary>State <see cref="BufferRef.Slot"/> of the optimizer for parameter <see cref="BufferRef.Index"/>.</summary>
    State,

    /// <summary>A number known when the step starts: entry <see cref="BufferRef.Index"/> of the program's uniforms. See <see cref="Uniforms"/>.</summary>
    Uniform,

    /// <summary>Output <see cref="BufferRef.Index"/> of the forward pass.</summary>
    Prediction,

    /// <summary>The scalar loss.</summary>
    Loss,

    /// <summary>Sum <see cref="BufferRef.Index"/> of an optimizer's pass, read by the host after each run.</summary>
    Sum,

    /// <summary>Numbers <see cref="BufferRef.Slot"/> of an optimizer's pass, one for each row or column of a tensor.</summary>
    Line,

    /// <summary>Buffer <see cref="BufferRef.Index"/> of the model: kept from step to step like a parameter, but not trained.</summary>
    Kept,

    /// <summary>In the body of a scan: carry <see cref="BufferRef.Index"/> as the step finds it.</summary>
    Carry,

    /// <summary>In the body of a scan: what this step gets of sequence <see cref="BufferRef.Index"/>.</summary>
    Sequence,

    /// <summary>In the body of a scan: tensor <see cref="BufferRef.Index"/> of those that are the same in all steps.</summary>
    Captured,

    /// <summary>In the body of a scan: carry <see cref="BufferRef.Index"/> as the step leaves it.</summary>
    Next,

    /// <summary>In the body of a scan: what this step adds to result <see cref="BufferRef.Index"/>.</summary>
    Stacked,
}

internal readonly record struct BufferRef(BufferKind Kind, int Index = 0, int Slot = 0);

/// <summary>Numbers of the uniforms that every program has; an optimizer's follow from <see cref="First"/>.</summary>
internal static class Uniforms
{
    /// <summary>1 / rows of the call.</summary>
    public const int InverseRows = 0;

    public const int First = 1;
}

/// <summary>The primitives. Layers, activations and losses are compositions of these.</summary>
internal abstract record GraphOp
{
    /// <summary>Whether nothing computes the tensor: its elements are read, or follow from their positions.</summary>
    public virtual bool IsGiven => false;
}

/// <summary>The content of outside memory, or a uniform (shape []).</summary>
internal sealed record SourceOp(BufferRef Buffer) : GraphOp
{
    public override bool IsGiven => true;
}

/// <summary>A tensor whose every element is its coordinate along an axis.</summary>
internal sealed record IotaOp(int Axis) : GraphOp
{
    public override bool IsGiven => true;
}

/// <summary>
/// An element-by-element function of the inputs, which broadcast as in NumPy: shapes align at the last axis, and an axis of size 1 repeats.
/// <see cref="Body"/> has one output. The node's shape is what the inputs broadcast to, which may be larger than what they broadcast to among themselves:
/// without inputs it fills a tensor with a constant.
/// </summary>
internal sealed record MapOp(ScalarFunction Body) : GraphOp;

internal enum ReduceKind
{
    Sum,
    Max,
    Min,
}

/// <summary>Reduces over axes, which stay with size 1.</summary>
internal sealed record ReduceOp(ReduceKind Kind, EquatableArray<int> Axes) : GraphOp;

/// <summary>A loop of a contraction. <see cref="Batched"/> as in <see cref="Shape"/>.</summary>
internal readonly record struct LoopIndex(int Extent, bool Batched);

/// <summary>Loop <see cref="Loop"/> times <see cref="Factor"/>.</summary>
internal readonly record struct AffineTerm(int Loop, int Factor);

/// <summary>
/// A position along an axis: (Σ factor·loop + <see cref="Offset"/>) / <see cref="Divisor"/>. Where the division leaves a remainder, or the position lies
/// outside the axis, the element counts as zero; a plain loop over the whole axis never does.
/// </summary>
internal sealed record AffineIndex(EquatableArray<AffineTerm> Terms, int Offset = 0, int Divisor = 1)
{
    public static AffineIndex Of(int loop) => new([new AffineTerm(loop, 1)]);

    /// <summary>The one loop that this is, or −1.</summary>
    public int AsLoop => Terms.Count == 1 && Terms[0].Factor == 1 && Offset == 0 && Divisor == 1 ? Terms[0].Loop : -1;
}

/// <summary>
/// Sum of products of two inputs: output[loops 0 … OutputRank) = Σ over the other loops of left[Left]·right[Right].
/// Matrix products, (transposed, strided, dilated, grouped) convolutions and attention are all of this form.
/// </summary>
internal sealed record ContractOp(EquatableArray<LoopIndex> Loops, int OutputRank, EquatableArray<AffineIndex> Left, EquatableArray<AffineIndex> Right) : GraphOp;

/// <summary>The same elements in row-major order under another shape (the node's).</summary>
internal sealed record ReshapeOp : GraphOp;

/// <summary>Output axis i is input axis Permutation[i].</summary>
internal sealed record TransposeOp(EquatableArray<int> Permutation) : GraphOp;

/// <summary>Elements start, start + step, … along each axis; the node's shape says how many.</summary>
internal sealed record SliceOp(EquatableArray<int> Starts, EquatableArray<int> Steps) : GraphOp;

/// <summary>The input placed at <see cref="Starts"/> with <see cref="Steps"/> in a tensor of zeros of the node's shape: the derivative of a slice.</summary>
internal sealed record PadOp(EquatableArray<int> Starts, EquatableArray<int> Steps) : GraphOp;

/// <summary>The inputs one after the other along an axis.</summary>
internal sealed record ConcatOp(int Axis) : GraphOp;

/// <summary>
/// A view through affine positions: the element at a point of the node's axes is the input's at <paramref name="Index"/>, whose loops are the node's axes. Where a
/// position lies outside the input or leaves a remainder, the element is <paramref name="Outside"/>. The windows of a pooling are one.
/// </summary>
internal sealed record ViewOp(EquatableArray<AffineIndex> Index, double Outside) : GraphOp;

/// <summary>Rows of a table (input 0) by their numbers (input 1): the axes of the numbers, then those of a row.</summary>
internal sealed record GatherOp : GraphOp;

/// <summary>The derivative of a gather: adds rows (input 0) into a table of zeros of the node's shape at their numbers (input 1).</summary>
internal sealed record ScatterOp : GraphOp;

/// <summary>
/// Numbers drawn uniformly from [0, 1), anew in each step: a pure function of the step's key, the stream and the element's position. They are
/// computed where they are read and never stored, so the backward pass draws the same ones again.
/// </summary>
internal sealed record RandomOp(int Stream) : GraphOp
{
    public override bool IsGiven => true;
}

/// <summary>
/// The input as it is, through which no gradient flows. It means something to differentiation only: <see cref="DropStopGradients"/> removes it before fusion.
/// </summary>
internal sealed record StopGradientOp : GraphOp;

/// <summary>
/// A body that runs once for each of <paramref name="Steps"/> steps and hands on what it carries. It reads sources of the kinds <see cref="BufferKind.Carry"/>,
/// <see cref="BufferKind.Sequence"/> and <see cref="BufferKind.Captured"/> besides uniforms, and each of its outputs is a <see cref="BufferKind.Next"/>.
/// </summary>
/// <param name="Backwards">Whether the last step of the sequences comes first.</param>
internal sealed record ScanLoop(TensorGraph Body, int Steps, int Carries, int Sequences, bool Backwards)
{
    private readonly int _hash = HashOf(Body, Steps);

    /// <summary>The shape of what the steps make of a tensor of the body, one after the other; rows of a batch stay on axis 0.</summary>
    public static Shape Over(Shape shape, int steps)
    {
        int axis = AxisOf(shape);
        return shape with { Dims = shape.Dims.Take(axis).Append(steps).Concat(shape.Dims.Skip(axis)).ToEquatableArray() };
    }

    /// <summary>The axis of the steps in the result for a tensor of this shape.</summary>
    public static int AxisOf(Shape shape) => shape.Batched ? 1 : 0;

    public bool Equals(ScanLoop? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && (Steps, Carries, Sequences, Backwards) == (other.Steps, other.Carries, other.Sequences, other.Backwards)
            && Body == other.Body);

    // Every result of a scan is a node of its own that holds the loop: hashed once, it is found fast.
    public override int GetHashCode() => _hash;

    private static int HashOf(TensorGraph body, int steps) => unchecked((body.GetHashCode() * 31) + steps);
}

/// <summary>
/// What the steps of a loop make of node <paramref name="Result"/> of its body, stacked along an axis of their own. Inputs: the carries before the first step, the sequences,
/// the captured tensors. Nodes with one loop and the same inputs are results of one scan.
/// </summary>
internal sealed record ScanOp(ScanLoop Loop, int Result) : GraphOp;
