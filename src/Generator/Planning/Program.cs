using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Planning;

/// <summary>What the planner and the back ends must know beside the kernels.</summary>
/// <param name="Name">PascalCase; the emitted class is called <c>NameProgram</c>.</param>
/// <param name="Summary">One sentence for the comment above it.</param>
/// <param name="Element"><c>float</c> or <c>double</c>.</param>
/// <param name="Batch">Rows of a full batch; 1 for a flat program, whose rows are elements.</param>
/// <param name="UniformNames">A camelCase name for each uniform.</param>
/// <param name="ParameterOffsets">Where each parameter begins in the flat buffers of parameters, gradients and states.</param>
/// <param name="IsFlat">Works on memory of any length that is bound before each run.</param>
internal sealed record ProgramOptions(
    string Name,
    string Summary,
    string Element,
    int Batch,
    EquatableArray<string> UniformNames,
    EquatableArray<int> ParameterOffsets,
    EquatableArray<string> InputNames,
    EquatableArray<string> OutputNames,
    EquatableArray<StateSpec> States,
    bool IsFlat)
{
    /// <summary>What a flat program goes over.</summary>
    public string Unit { get; init; } = "element";

    /// <summary>The shape of what a program by rows works on; null for a program of one run.</summary>
    public RowOptions? Rows { get; init; }

    /// <summary>Where among <see cref="ParameterOffsets"/> those of the model's statistics begin, which lie in the same memory.</summary>
    public int FirstKept { get; init; }

    /// <summary>Elements in the widest vector.</summary>
    public int MaxLanes => Element == "double" ? 8 : 16;

    public int ElementSize => Element == "double" ? 8 : 4;

    /// <summary>How memory holds a state.</summary>
    public StateFormat FormatOf(int slot) => slot < States.Count ? States[slot].Format : StateFormat.Element;
}

/// <summary>What a flat program must know that goes over a matrix row by row.</summary>
/// <param name="FirstUniform">The first of the uniforms that vary from row to row, which are the last ones.</param>
/// <param name="FirstLine">The line of numbers that holds the first of those uniforms, for each row.</param>
/// <param name="Sums">The sums that are those of each row, by the number of the output.</param>
/// <param name="Skipped">The uniform that says which rows are left as they are; −1 when all rows are gone over.</param>
/// <param name="SkippedWhen">Whether those are the rows for which it is above 0, or all others.</param>
internal sealed record RowOptions(int FirstUniform, int FirstLine, EquatableArray<int> Sums, int Skipped = -1, bool SkippedWhen = true);

/// <summary>How a kernel's loops run.</summary>
internal abstract record Schedule;

/// <summary>
/// A blocked matrix product: tiles of <paramref name="TileRows"/> rows by two vectors of columns are kept in registers over the whole sum, then finished by the
/// stages that follow.
/// </summary>
/// <param name="Left">Operand of stage 0 that varies with the rows; <paramref name="Right"/> the one that varies with the columns.</param>
/// <param name="Pack">The right operand's panel is copied to contiguous memory first.</param>
/// <param name="RowBlock">
/// 0: each panel of columns runs over all rows. Otherwise blocks of as many rows run over all panels: the block of the left operand is copied to contiguous memory,
/// and all of the right operand is, once. This serves a left operand whose rows are not contiguous along the sum, and results that are read as well as written,
/// since those then go through memory in order.
/// </param>
internal sealed record ContractionSchedule(int RowAxis, int ColumnAxis, int SumAxis, int Left, int Right, int TileRows, bool Pack, int RowBlock) : Schedule;

/// <summary>Plain loops, with the lanes of a vector along <paramref name="VectorAxis"/>, outer or inner.</summary>
internal sealed record NestSchedule(int VectorAxis) : Schedule;

/// <summary>A kernel with its schedule.</summary>
/// <param name="PartitionAxis">
/// The axis that is divided among threads: an outer one or, in a reduction of a flat program, the one that it goes over in blocks; −1 when the kernel runs in one piece.
/// </param>
/// <param name="Granularity">Parts begin at multiples of this.</param>
/// <param name="Work">Operations of a full batch.</param>
/// <param name="IsParallel">Whether dividing it pays for waking other threads.</param>
internal sealed record PlannedKernel(Kernel Kernel, Schedule Schedule, int PartitionAxis, int Granularity, long Work, bool IsParallel)
{
    /// <summary>Whether the kernel reduces a run block by block.</summary>
    public bool HasBlocks => Schedule is NestSchedule && PartitionAxis >= Kernel.OuterCount;
}

/// <summary>Which memory a tensor lies in.</summary>
internal enum Home
{
    Workspace,
    Parameters,
    Gradients,
    State,
    Line,

    /// <summary>What a reduction over a flat run gives for each block of it.</summary>
    Partials,
}

/// <summary>A tensor's place.</summary>
/// <param name="Slot">Number of the state, line or reduction for <see cref="Home.State"/>, <see cref="Home.Line"/> and <see cref="Home.Partials"/>.</param>
/// <param name="From">First and last kernel during which its content matters; −1 is before the first.</param>
internal readonly record struct Placement(Home Home, int Slot, int Offset, int Length, int From, int To);

/// <summary>All that a back end prints.</summary>
/// <param name="WorkspaceLength">Elements, with lifetimes sharing memory; <paramref name="UnsharedLength"/> without.</param>
/// <param name="Code">For each kernel, the first one that runs the same code: see <see cref="KernelSharing"/>.</param>
internal sealed record Program(
    ProgramOptions Options,
    EquatableArray<TensorBuffer> Tensors,
    EquatableArray<Placement> Placements,
    int WorkspaceLength,
    int UnsharedLength,
    EquatableArray<PlannedKernel> Kernels,
    EquatableArray<int> Code)
{
    /// <summary>The loops of the kernels that run once in every step of a scan.</summary>
    public EquatableArray<KernelLoop> Loops { get; init; } = [];

    /// <summary>How memory holds a tensor's elements.</summary>
    public StateFormat FormatOf(int tensor) => Placements[tensor] is { Home: Home.State, Slot: int slot } ? Options.FormatOf(slot) : StateFormat.Element;

    /// <summary>The states that kernels store with stochastic rounding.</summary>
    public IEnumerable<int> RoundedStates => Kernels.SelectMany(kernel => kernel.Kernel.Stages).SelectMany(stage => stage.Sinks).OfType<StoreSink>()
        .Where(store => FormatOf(store.Tensor) == StateFormat.StochasticBFloat16).Select(store => Placements[store.Tensor].Slot).Distinct().OrderBy(slot => slot);

    /// <summary>The lines of numbers that a program by rows adds to: each band of rows adds to one of its own.</summary>
    public IEnumerable<(int Slot, bool IsMax)> AddedLines => Options.Rows is null ? [] : Kernels.SelectMany(kernel => kernel.Kernel.Stages)
        .SelectMany(stage => stage.Sinks.Select((sink, number) => (Sink: sink, Node: stage.Body.Nodes[stage.Body.Outputs[number]])))
        .Where(added => added.Sink is StoreSink store && Placements[store.Tensor].Home == Home.Line)
        .Select(added => (Placements[((StoreSink)added.Sink).Tensor].Slot, added.Node.Op == Scalar.ScalarOp.Max))
        .OrderBy(line => line.Slot);

    /// <summary>Whether any tensor is in another format than the element type.</summary>
    public bool HasNarrowFormats => Enumerable.Range(0, Tensors.Count).Any(tensor => FormatOf(tensor) != StateFormat.Element);
}
