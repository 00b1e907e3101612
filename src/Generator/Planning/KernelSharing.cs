using OptGen.Generator.Fusion;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Planning;

/// <summary>
/// Finds kernels that differ only in where their tensors lie, as those of repeated layers do: one method serves all of them, and is told the places.
/// </summary>
internal static class KernelSharing
{
    /// <summary>For each kernel, the first kernel whose code it can run: itself, if there is none before it.</summary>
    public static EquatableArray<int> Run(
        EquatableArray<TensorBuffer> tensors, EquatableArray<Placement> placements, EquatableArray<PlannedKernel> kernels, ProgramOptions options)
    {
        Dictionary<Form, int> first = [];
        int[] code = new int[kernels.Count];
        for (int number = 0; number < code.Length; number++)
        {
            Form form = FormOf(kernels[number], tensors, placements, options, number);
            if (!first.TryGetValue(form, out code[number]))
                first[form] = code[number] = number;
        }

        return code.ToEquatableArray();
    }

    /// <summary>The tensors of a kernel in the order in which its stages name them first.</summary>
    public static int[] Tensors(Kernel kernel) => [.. kernel.Stages.SelectMany(stage =>
        stage.Operands.OfType<LoadOperand>().Select(load => load.Tensor).Concat(stage.Sinks.OfType<StoreSink>().Select(store => store.Tensor))).Distinct()];

    /// <summary>A kernel without names, and its tensors without places.</summary>
    private sealed record Form(PlannedKernel Kernel, EquatableArray<TensorForm> Tensors);

    /// <param name="Offset">Part of the form only where the code depends on it.</param>
    private readonly record struct TensorForm(Home Home, int Slot, Shape Shape, int Offset, StepView? View);

    private static Form FormOf(
        PlannedKernel planned, EquatableArray<TensorBuffer> tensors, EquatableArray<Placement> placements, ProgramOptions options, int number)
    {
        int[] used = Tensors(planned.Kernel);
        Dictionary<int, int> position = [];
        for (int i = 0; i < used.Length; i++)
            position[used[i]] = i;
        Kernel kernel = planned.Kernel with
        {
            Name = "",
            Summary = "",
            Loop = Math.Min(planned.Kernel.Loop, 0),
            Stages = planned.Kernel.Stages.Select(stage => stage with
            {
                Operands = stage.Operands.Select(operand => operand is LoadOperand load ? load with { Tensor = position[load.Tensor] } : operand).ToEquatableArray(),
                Sinks = stage.Sinks.Select(sink => sink is StoreSink store ? store with { Tensor = position[store.Tensor] } : sink).ToEquatableArray(),
            }).ToEquatableArray(),
        };
        return new Form(planned with { Kernel = kernel }, used.Select(tensor =>
        {
            Placement place = placements[tensor];
            // A state in a narrow format is converted by what depends on its place.
            bool isNarrow = place.Home == Home.State && options.FormatOf(place.Slot) != StateFormat.Element;
            return new TensorForm(place.Home, place.Slot, tensors[tensor].Shape, isNarrow ? number : 0, tensors[tensor].View is { } view ? view with { Tensor = 0 } : null);
        }).ToEquatableArray());
    }
}
