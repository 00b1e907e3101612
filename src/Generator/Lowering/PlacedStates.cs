using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>A pass that writes one state of each of some arrays, of which a number of the whole step says which.</summary>
/// <param name="Pass">It writes the first state of each array; the host lets the one that is meant stand there meanwhile.</param>
/// <param name="Place">Its output is the place in the arrays; one that is none of theirs means that nothing is written.</param>
/// <param name="Arrays">The number of the first state of each array.</param>
/// <param name="Count">How many states each array has.</param>
internal sealed record PlacedPass(UpdatePass Pass, BoundFunction Place, EquatableArray<int> Arrays, int Count);

/// <summary>
/// Finds arrays of states of which the update writes one, <c>s[i] = place == i ? x : s[i]</c> for all i, and nothing else reads the old one. To write all of them in the pass of the update would move the bytes of all; a pass
/// ahead of it that knows the place moves those of one, and the update finds it in memory.
/// </summary>
internal static class PlacedStates
{
    /// <param name="Chosen">The node of each state's new value.</param>
    private sealed record PlacedArray(int First, int Place, int Value, int[] Chosen);

    /// <summary>The passes of a function whose outputs are those of a composed update; <paramref name="rest"/> is what is left for the update itself.</summary>
    public static IReadOnlyList<PlacedPass> Take(OptimizerSpec optimizer, ParameterGroups groups, ComposedUpdate update, ScalarFunction function, Func<string, string> nameOf, out ScalarFunction rest)
    {
        // What is reduced is known by now, so the old states that it read count no more.
        function = UpdateSequence.Part(function, [.. Enumerable.Range(0, update.FirstReduction)]);
        List<PlacedPass> passes = [];
        List<PlacedArray> taken = [];
        PlacedArray[] found = [.. Enumerable.Range(0, optimizer.States.Count).Select(slot => ArrayAt(optimizer, groups, update, function, slot)).OfType<PlacedArray>()];
        foreach (IGrouping<(int, int), PlacedArray> together in found.GroupBy(array => (array.Place, array.Chosen.Length)))
        {
            PlacedArray[] arrays = [.. together];
            bool IsOfArrays(UpdateInput input) => input.Kind == UpdateInputKind.State && arrays.Any(array => input.Index >= array.First && input.Index < array.First + array.Chosen.Length);
            ScalarFunction values = function with { Outputs = arrays.Select(array => array.Value).ToEquatableArray() };
            BoundFunction place = UpdateSequence.Part(function with { Outputs = [arrays[0].Place] }, update, [0]);

            // The states have other addresses while the pass runs, so that it can't read them.
            if (UpdateSequence.Part(values, update, [.. Enumerable.Range(0, arrays.Length)]).Inputs.Any(IsOfArrays))
                continue;
            string name = nameOf("Keep" + string.Join("And", arrays.Select(array => optimizer.States[array.First].Array)));
            UpdatePass pass = UpdatePass.Of(name, optimizer, groups, values, update.Inputs, [.. arrays.Select((array, number) => (number, new PassOutput(PassOutputKind.State, array.First)))]);
            passes.Add(new PlacedPass(pass, place, arrays.Select(array => array.First).ToEquatableArray(), arrays[0].Chosen.Length));
            taken.AddRange(arrays);
        }

        rest = taken.Count == 0 ? function : Kept(function, [.. taken.SelectMany(array => array.Chosen)]);
        return passes;
    }

    /// <summary>The array that begins with a state, where one of its states is written.</summary>
    private static PlacedArray? ArrayAt(OptimizerSpec optimizer, ParameterGroups groups, ComposedUpdate update, ScalarFunction function, int first)
    {
        StateSpec state = optimizer.States[first];
        int count = optimizer.States.Skip(first).TakeWhile(other => other.Array == state.Array).Count();
        bool begins = state is { Array.Length: > 0, Over: Extent.Element, Format: StateFormat.Element } && (first == 0 || optimizer.States[first - 1].Array != state.Array);
        if (!begins || count < 2)
            return null;
        int[] uses = function.UseCounts(), chosen = [.. Enumerable.Range(0, count).Select(i => function.Outputs[ComposedUpdate.FirstState + first + i])];
        int place = -1, value = -1;
        for (int i = 0; i < count; i++)
        {
            ScalarNode choice = function.Nodes[chosen[i]];
            if (choice.Op != ScalarOp.Select || function.Nodes[choice.A] is not { Op: ScalarOp.Equal } equal || function.Nodes[choice.C] is not { Op: ScalarOp.Input } old)
                return null;
            bool isSecond = function.Nodes[equal.B].Op == ScalarOp.Constant;
            (int own, ScalarNode number) = isSecond ? (equal.A, function.Nodes[equal.B]) : (equal.B, function.Nodes[equal.A]);
            bool isOldOnce = update.Inputs[old.A] == new UpdateInput(UpdateInputKind.State, first + i) && uses[choice.C] == 1;
            if (number.Op != ScalarOp.Constant || number.Value != i || !isOldOnce || (i > 0 && (own != place || choice.B != value)))
                return null;
            (place, value) = (own, choice.B);
        }

        Extent extent = Extents.Of(function, input => UpdatePass.ExtentOf(optimizer, groups, update.Inputs[input]))[place];
        return extent == Extent.Everything ? new PlacedArray(first, place, value, chosen) : null;
    }

    /// <summary>The function where choices between a new state and the old one are the state that memory has.</summary>
    private static ScalarFunction Kept(ScalarFunction function, HashSet<int> chosen)
    {
        ScalarBuilder builder = new();
        int[] map = new int[function.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
            map[i] = chosen.Contains(i) ? map[function.Nodes[i].C] : builder.Copy(function.Nodes[i], map);
        return builder.Build(function.InputCount, [.. function.Outputs.Select(output => map[output])]);
    }
}
