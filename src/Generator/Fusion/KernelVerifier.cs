using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>Checks the invariants of kernels; a violation is a fault of a pass, never of the user.</summary>
internal static class KernelVerifier
{
    public static void Check(KernelList kernels)
    {
        HashSet<string> names = [];
        HashSet<int> written = [];
        foreach (Kernel kernel in kernels.Kernels)
        {
            Require(names.Add(kernel.Name), kernel, "its name is taken");
            Require(kernel.OuterCount <= kernel.Axes.Count, kernel, "it has more outer axes than axes");
            for (int stage = 0; stage < kernel.Stages.Count; stage++)
                CheckStage(kernels, kernel, stage, written);
            foreach (StoreSink store in kernel.Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>())
                written.UnionWith([store.Tensor, kernels.BaseOf(store.Tensor)]);
        }
    }

    private static void CheckStage(KernelList kernels, Kernel kernel, int number, HashSet<int> written)
    {
        Stage stage = kernel.Stages[number];
        Require(stage.Inner.All(axis => axis >= kernel.OuterCount && axis < kernel.Axes.Count), kernel, "an inner axis is out of range");
        Require(stage.Operands.Count == stage.Body.InputCount, kernel, "operands and inputs of the body differ in number");
        Require(stage.Sinks.Count == stage.Body.Outputs.Count, kernel, "sinks and outputs of the body differ in number");
        HashSet<int> live = [.. Enumerable.Range(0, kernel.OuterCount).Concat(stage.Inner)];
        foreach (Operand operand in stage.Operands)
        {
            switch (operand)
            {
                case LoadOperand load:
                    Require(IsOver(load.Strides, live), kernel, "a load varies along an axis that is not looped over");
                    CheckSource(kernels, kernel, number, load, written);
                    break;
                case IotaOperand iota:
                    Require(IsOver(iota.Factors, live), kernel, "an index varies along an axis that is not looped over");
                    break;
                case AccumulatedOperand sum:
                    Require(sum.Stage < number && kernel.Stages[sum.Stage].Sinks[sum.Sink] is AccumulateSink, kernel, "a sum is read before it is complete");
                    break;
            }
        }

        foreach (StoreSink store in stage.Sinks.OfType<StoreSink>())
        {
            Require(IsOver(store.Strides, live), kernel, "a store varies along an axis that is not looped over");
            Require(store.Row is not null || live.All(axis => kernel.Axes[axis].Extent == 1 || store.Strides[axis] != 0), kernel, "a store overwrites itself");
        }
    }

    /// <summary>What a kernel reads was written before, or is outside memory that this kernel overwrites at most at the element it reads.</summary>
    private static void CheckSource(KernelList kernels, Kernel kernel, int number, LoadOperand load, HashSet<int> written)
    {
        TensorBuffer tensor = kernels.Tensors[load.Tensor];
        for (int stage = 0; stage < kernel.Stages.Count; stage++)
        {
            foreach (StoreSink store in kernel.Stages[stage].Sinks.OfType<StoreSink>().Where(store => store.Tensor == load.Tensor))
            {
                bool ownElement = stage == number && store.Strides == load.Strides && store.Offset == load.Offset && load.Guards.Count == 0;
                bool isIntermediate = tensor.External is not { } outside || stage < number && !IsRead(outside.Kind);
                Require(ownElement || isIntermediate || stage > number && IsLaterOwnPoint(kernel, store, load), kernel, $"{tensor.Name} is read after it was overwritten");
            }
        }

        int whole = kernels.BaseOf(load.Tensor);
        bool isReady = whole == load.Tensor || written.Contains(whole) || kernels.Tensors[whole].External is { } source && IsRead(source.Kind);
        Require(isReady, kernel, $"{tensor.Name} is a step of what is not written yet");
        bool isSource = tensor.External is { } buffer && IsRead(buffer.Kind);
        bool isOwn = kernel.Stages.Take(number).Any(stage => stage.Sinks.OfType<StoreSink>().Any(store => store.Tensor == load.Tensor));
        Require(isSource || isOwn || written.Contains(load.Tensor), kernel, $"{tensor.Name} is read before it is written");
        Require(!isSource || !written.Contains(load.Tensor), kernel, $"{tensor.Name} is read by a kernel that runs after it was overwritten");
    }

    private static bool IsRead(Graph.BufferKind kind) =>
        kind is Graph.BufferKind.Input or Graph.BufferKind.Parameter or Graph.BufferKind.Gradient or Graph.BufferKind.State or Graph.BufferKind.Line or Graph.BufferKind.Uniform
            or Graph.BufferKind.Kept or Graph.BufferKind.Carry or Graph.BufferKind.Sequence;

    /// <summary>A load that is over before a later stage of the same outer point overwrites, and that reads no other outer point.</summary>
    private static bool IsLaterOwnPoint(Kernel kernel, StoreSink store, LoadOperand load) =>
        Enumerable.Range(0, kernel.OuterCount).All(axis => store.Strides[axis] == load.Strides[axis]) && load.Guards.Count == 0;

    private static bool IsOver(EquatableArray<int> strides, HashSet<int> live) => Enumerable.Range(0, strides.Count).All(axis => strides[axis] == 0 || live.Contains(axis));

    private static void Require(bool holds, Kernel kernel, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"kernel {kernel.Name}: {what}");
    }
}
