using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>A loop. <see cref="Batched"/>: at run time it covers Extent / batch × rows.</summary>
internal sealed record Axis(string Name, int Extent, bool Batched);

/// <summary>A condition on a load: 0 ≤ Σ factor·axis + offset &lt; Extent·Divisor, divisible by Divisor; otherwise the load gives its value for outside.</summary>
/// <param name="Stride">Distance in memory between neighbouring positions that the condition is about.</param>
internal sealed record Guard(EquatableArray<AffineTerm> Terms, int Offset, int Extent, int Divisor, int Stride);

/// <summary>What an input of a stage's body reads.</summary>
internal abstract record Operand;

/// <summary>
/// Element Σ Strides[axis]·axis + Offset of a tensor; one stride for each axis of the kernel. A divided index (a transposed window) has its terms in
/// <paramref name="Divided"/>: the position along that axis is divided by the guard's divisor before its stride applies.
/// </summary>
internal sealed record LoadOperand(int Tensor, EquatableArray<int> Strides, int Offset, EquatableArray<Guard> Guards, EquatableArray<DividedTerm> Divided) : Operand
{
    /// <summary>What the load gives where a condition fails.</summary>
    public double Outside { get; init; }

    /// <summary>A row that a number in memory picks; null for none.</summary>
    public RowNumber? Row { get; init; }
}

/// <summary>A number in memory times <paramref name="Stride"/>, added to an address.</summary>
/// <param name="Operand">The load, among the operands of the stage, that gives the number.</param>
internal sealed record RowNumber(int Operand, int Stride);

/// <summary>Stride · ((Σ factor·axis + Offset) / Divisor), added to a load's address.</summary>
internal sealed record DividedTerm(EquatableArray<AffineTerm> Terms, int Offset, int Divisor, int Stride);

/// <summary>Σ Factors[axis]·axis + Offset as a number or, with a stream, the random number of that position.</summary>
internal sealed record IotaOperand(EquatableArray<int> Factors, int Offset, int? Stream = null) : Operand;

/// <summary>Uniform <paramref name="Index"/> of the program.</summary>
internal sealed record UniformOperand(int Index) : Operand;

/// <summary>What stage <paramref name="Stage"/> accumulated in its sink <paramref name="Sink"/>.</summary>
internal sealed record AccumulatedOperand(int Stage, int Sink) : Operand;

/// <summary>Where an output of a stage's body goes.</summary>
internal abstract record Sink;

/// <summary>Stored to a tensor; addressed as a <see cref="LoadOperand"/>.</summary>
internal sealed record StoreSink(int Tensor, EquatableArray<int> Strides, int Offset) : Sink
{
    /// <summary>A row that a number in memory picks: the value is added to what is there, since several points may pick the same one.</summary>
    public RowNumber? Row { get; init; }
}

/// <summary>Reduced over the stage's inner axes, for each point of the outer ones.</summary>
internal sealed record AccumulateSink(ReduceKind Kind) : Sink;

/// <summary>A loop nest over the kernel's outer axes and <paramref name="Inner"/>, with one scalar body.</summary>
internal sealed record Stage(EquatableArray<int> Inner, EquatableArray<Operand> Operands, ScalarFunction Body, EquatableArray<Sink> Sinks);

/// <summary>
/// For every point of the first <paramref name="OuterCount"/> axes, in any order: the stages in turn, each over its inner axes.
/// A stage sees what earlier stages accumulated or stored for the same outer point.
/// </summary>
/// <param name="Name">PascalCase, unique in the program: becomes the method's name.</param>
/// <param name="Summary">Which tensors it computes, for the comment above it.</param>
internal sealed record Kernel(string Name, string Summary, EquatableArray<Axis> Axes, int OuterCount, EquatableArray<Stage> Stages)
{
    /// <summary>Number of the <see cref="KernelLoop"/> that runs it once in every step; −1 for none.</summary>
    public int Loop { get; init; } = -1;
}

/// <summary>Kernels that follow each other in the list and run in turn, once for each step of a scan.</summary>
/// <param name="Backwards">Whether the last step runs first.</param>
internal sealed record KernelLoop(int Steps, bool Backwards);

/// <summary>
/// What a step of a loop sees of another tensor: the elements from (step or, for one that alternates, the lowest bit of step + <paramref name="Shift"/>) · <paramref name="Stride"/> on.
/// </summary>
internal sealed record StepView(int Tensor, int Stride, bool Alternates, int Shift);

/// <summary>Memory that kernels read and write.</summary>
/// <param name="External">Where it lives when it is not in the arena.</param>
internal sealed record TensorBuffer(string Name, Shape Shape, BufferRef? External)
{
    /// <summary>Whether the axis of the steps lies outermost in memory, as suits a tensor that only the steps of loops write and read.</summary>
    public bool HasStepsFirst { get; init; }

    /// <summary>The part of another tensor that this is in a step of a loop; null for memory of its own.</summary>
    public StepView? View { get; init; }
}

/// <summary>The kernels of a program in the order in which they run, and the tensors they share.</summary>
internal sealed record KernelList(EquatableArray<TensorBuffer> Tensors, EquatableArray<Kernel> Kernels)
{
    public EquatableArray<KernelLoop> Loops { get; init; } = [];

    /// <summary>The tensor in whose memory another one lies: itself, unless it is seen step by step.</summary>
    public int BaseOf(int tensor) => Tensors[tensor].View?.Tensor ?? tensor;
}
