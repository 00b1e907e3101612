using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// Rows of which a pass changes nothing: where a truth of the row is known, all that the pass writes is what memory holds already. It need not touch such rows at all.
/// </summary>
/// <param name="Passed">The value passed to the elements that tells: 1 for true, 0 for false.</param>
/// <param name="When">What it is for rows that stay as they are.</param>
/// <param name="Element">What is left to compute for the others.</param>
internal sealed record SkippedRows(int Passed, bool When, ScalarFunction Element)
{
    /// <summary>Finds them; null when every row may change.</summary>
    /// <param name="element">Over <paramref name="inputs"/>, then the passed values; further outputs than <paramref name="outputs"/> are written nowhere.</param>
    /// <param name="isOfRow">Whether a passed value is one of each row.</param>
    public static SkippedRows? Of(ScalarFunction element, EquatableArray<PassOutput> outputs, EquatableArray<UpdateInput> inputs, Func<int, bool> isOfRow)
    {
        for (int truth = 0; truth < element.Nodes.Count && outputs.Count > 0; truth++)
        {
            // What the host knows to be true or false is passed as 1 or 0.
            if (element.Nodes[truth] is not { Op: ScalarOp.Less, A: int zero, B: int value } || element.Nodes[zero] is not { Op: ScalarOp.Constant, Value: 0 }
                || element.Nodes[value] is not { Op: ScalarOp.Input, A: int input } || input < inputs.Count || !isOfRow(input - inputs.Count))
                continue;
            foreach (bool when in new[] { true, false })
            {
                ScalarFunction skipped = Assume.Known(element, truth, when);
                if (Enumerable.Range(0, outputs.Count).All(k => skipped.Nodes[skipped.Outputs[k]] is { Op: ScalarOp.Input, A: int kept } && kept < inputs.Count && IsWhereItWas(outputs[k], inputs[kept])))
                    return new SkippedRows(input - inputs.Count, when, Assume.Known(element, truth, !when));
            }
        }

        return null;
    }

    private static bool IsWhereItWas(PassOutput output, UpdateInput value) => output.Kind switch
    {
        PassOutputKind.Parameter => value.Kind == UpdateInputKind.Parameter,
        PassOutputKind.State => value == new UpdateInput(UpdateInputKind.State, output.Index),
        _ => false,
    };
}
