using OptGen.Generator.Fusion;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Planning;

/// <summary>Decides where tensors lie and how loops run.</summary>
internal static class Planner
{
    /// <summary>Operations from which a kernel is worth dividing among threads: waking a worker costs some microseconds.</summary>
    private const long ParallelWork = 4_000_000;

    /// <summary>Elements of a block of a reduction over a flat run, as the runtime's <c>Partials</c> has it.</summary>
    public const int PartialsBlock = 8_192;

    public static Program Plan(KernelList kernels, ProgramOptions options)
    {
        // Tensors and uniforms become variables of the same methods.
        HashSet<string> names = [.. kernels.Tensors.Select(tensor => tensor.Name)];
        options = options with { UniformNames = options.UniformNames.Select(name => names.Contains(name) || UniqueNames.IsLocal(name) ? name + "Uniform" : name).ToEquatableArray() };
        (EquatableArray<Placement> placements, int length, int unshared) = ArenaPlan.Run(kernels, options);
        if (options.IsFlat && kernels.Tensors.Where((tensor, number) => placements[number].Home == Home.Workspace && tensor.View is null && tensor.Shape.Batched).FirstOrDefault() is { } kept)
            throw new InvalidOperationException($"{options.Name} keeps '{kept.Name}' of a run of parameters, which may have any length, in memory of a fixed size.");
        EquatableArray<PlannedKernel> planned = kernels.Kernels.Select(kernel => Plan(kernel, kernels, options)).ToEquatableArray();
        return new Program(options, kernels.Tensors, placements, length, unshared, planned, KernelSharing.Run(kernels.Tensors, placements, planned, options)) { Loops = kernels.Loops };
    }

    private static PlannedKernel Plan(Kernel kernel, KernelList kernels, ProgramOptions options)
    {
        kernel = ContractMultiplyAdd.Run(kernel);
        long work = Work(kernel);

        // A matrix product reads its operands as they lie in memory.
        bool converts = kernel.Stages[0].Operands.Any(operand => operand is LoadOperand load && FormatOf(load.Tensor) != StateFormat.Element);
        Schedule? product = converts ? null : (Schedule?)ContractionScheduler.TryPlan(kernel, options) ?? WindowScheduler.TryPlan(kernel, options);
        Schedule schedule = product ?? NestScheduler.Plan(kernel, options);
        (int axis, int granularity) = Partition(kernel, schedule, options);
        IEnumerable<int> tensors = kernel.Stages.SelectMany(stage =>
            stage.Operands.OfType<LoadOperand>().Select(load => load.Tensor).Concat(stage.Sinks.OfType<StoreSink>().Select(store => store.Tensor)));
        if (tensors.Any(tensor => FormatOf(tensor).IsBlockwise()))
            granularity = Math.Max(granularity, StateFormats.BlockSize);

        // A flat program learns its length only at run time; it decides then.
        return new PlannedKernel(kernel, schedule, axis, granularity, work, axis >= 0 && (options.IsFlat || work >= ParallelWork));

        StateFormat FormatOf(int tensor) =>
            kernels.Tensors[tensor].External is { Kind: Graph.BufferKind.State, Slot: int slot } ? options.FormatOf(slot) : StateFormat.Element;
    }

    private static (int Axis, int Granularity) Partition(Kernel kernel, Schedule schedule, ProgramOptions options)
    {
        switch (schedule)
        {
            case ContractionSchedule contraction:
                if (contraction.RowBlock > 0)
                    return (contraction.RowAxis, contraction.RowBlock);
                int panels = kernel.Axes[contraction.ColumnAxis].Extent / (2 * options.MaxLanes);
                return panels >= 4
                    ? (contraction.ColumnAxis, 2 * options.MaxLanes)
                    : (contraction.RowAxis, contraction.TileRows);
            case WindowSchedule window:
                // Outer loops first: parts of an inner one would each copy the same operands.
                int divided = window.OuterAxes.Concat(window.LineAxes).Concat(window.BlockAxes).Where(loop => kernel.Axes[loop].Extent > 1).DefaultIfEmpty(-1).First();
                return divided >= 0 ? (divided, 1) : (window.TileAxis, window.TileRows);
            case NestSchedule when options.Rows is not null:
                return (0, 1);
            case NestSchedule nest when kernel.OuterCount > 0:
                int axis = Enumerable.Range(0, kernel.OuterCount).OrderByDescending(i => kernel.Axes[i].Extent).ThenBy(i => i).First();
                // Parts that begin at whole vectors give every element the same lane whatever the number of parts.
                return (axis, axis == nest.VectorAxis ? options.MaxLanes * 4 : 1);
            case NestSchedule when options.IsFlat && kernel.Stages.Any(stage => stage.Inner.Count > 0):
                return (0, PartialsBlock);
            default:
                return (-1, 1);
        }
    }

    private static long Work(Kernel kernel)
    {
        long outer = 1, work = 0;
        for (int axis = 0; axis < kernel.OuterCount; axis++)
            outer *= kernel.Axes[axis].Extent;
        foreach (Stage stage in kernel.Stages)
        {
            long points = outer;
            foreach (int axis in stage.Inner)
                points *= kernel.Axes[axis].Extent;
            work += points * (stage.Body.Nodes.Sum(node => Scalar.ScalarOps.Flops(node.Op)) + stage.Sinks.Count(sink => sink is AccumulateSink) + (2 * stage.Sinks.Count(sink => sink is StoreSink)));
        }

        return work;
    }
}
