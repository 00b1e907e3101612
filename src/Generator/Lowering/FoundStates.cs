using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// What a stage takes for the states that it finds. Some have no first value of their own and are given one in the first step, such as where a parameter was; whatever leaves an
/// element out must still give them that.
/// </summary>
/// <param name="Function">The function of the stage, with further outputs behind its own.</param>
/// <param name="Outputs">For each state that the stage changes the number of the output that is the state as it was found; −1 where memory has it.</param>
internal sealed record FoundStates(ScalarFunction Function, EquatableArray<int> Outputs)
{
    public static FoundStates Of(StageSpec stage)
    {
        ScalarFunction function = stage.Body.Function;
        int[] found = [.. stage.States.Select(slot => Found(function, stage.Body.Inputs, slot))];
        int[] chosen = [.. found.Where(node => node >= 0)];
        int next = function.Outputs.Count;
        return new FoundStates(
            function with { Outputs = [.. function.Outputs, .. chosen] },
            found.Select(node => node < 0 ? -1 : next++).ToEquatableArray());
    }

    /// <summary>The one value through which a state is read, where that chooses between it and a first value by the number of the step; −1 for any other state.</summary>
    private static int Found(ScalarFunction function, EquatableArray<UpdateInput> inputs, int slot)
    {
        bool IsState(int node) => function.Nodes[node] is { Op: ScalarOp.Input, A: int input } && inputs[input] == new UpdateInput(UpdateInputKind.State, slot);
        int[] readers = [.. Enumerable.Range(0, function.Nodes.Count).Where(node => function.Nodes[node].Operands().Any(IsState))];
        if (readers.Length != 1 || function.Nodes[readers[0]] is not { Op: ScalarOp.Select, A: int condition, B: int one, C: int other } || IsState(one) == IsState(other))
            return -1;
        Extent[] extents = Extents.Of(function, input => inputs[input].Kind == UpdateInputKind.Step ? Extent.Everything : Extent.Element);
        return extents[condition] == Extent.Everything ? readers[0] : -1;
    }
}
