using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// How one output of a pass is computed. A result that is part of a later one (a new moment, say) is an input there, so that nothing is computed twice, what is
/// overwritten in place is not read again, and the later one starts from what memory holds.
/// </summary>
/// <param name="Output">Number of the output.</param>
/// <param name="Inputs">For each input of <paramref name="Function"/> the number of an input of the pass, or the complement of that of an earlier output.</param>
internal sealed record PassBody(int Output, ScalarFunction Function, EquatableArray<int> Inputs)
{
    /// <summary>The outputs of a pass, in an order in which each comes after those that it is computed from.</summary>
    /// <param name="pass">One output more of its elements than its own says whether states are flushed.</param>
    public static IEnumerable<PassBody> Of(UpdatePass pass) => Of(pass.Element, pass.Outputs, pass.ElementInputs);

    /// <inheritdoc cref="Of(UpdatePass)"/>
    public static IEnumerable<PassBody> Of(LinePass line) => Of(line.Element, line.Outputs, line.Inputs);

    private static IEnumerable<PassBody> Of(ScalarFunction element, EquatableArray<PassOutput> outputs, EquatableArray<UpdateInput> inputs)
    {
        List<int> done = [], doneBy = [];
        foreach (int k in Enumerable.Range(0, outputs.Count).OrderBy(k => element.Outputs[k]))
        {
            bool isState = outputs[k].Kind == PassOutputKind.State;
            IEnumerable<int> flag = isState ? element.Outputs.Skip(outputs.Count) : [];
            ScalarFunction body = Compose.DropUnread(Compose.Cut(element, [element.Outputs[k], .. flag], done), out int[] kept);
            if (isState)
                body = FlushSubnormal.Run(body, kept.TakeWhile(input => input >= inputs.Count || inputs[input] != new UpdateInput(UpdateInputKind.State, outputs[k].Index)).Count());
            yield return new PassBody(k, body, kept.Select(input => input < element.InputCount ? input : ~doneBy[input - element.InputCount]).ToEquatableArray());

            // A term is stored nowhere, so there is no memory from which others could read it.
            if (outputs[k].Kind == PassOutputKind.Term || done.Contains(element.Outputs[k]) || element.Nodes[element.Outputs[k]].Op is ScalarOp.Input or ScalarOp.Constant)
                continue;
            done.Add(element.Outputs[k]);
            doneBy.Add(k);
        }
    }
}
