using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// A whole chain as one scalar function: every gradient transform in turn, the update rule, every parameter transform. Its outputs are the new parameter, every
/// new state, the term of every reduction, a 0 or 1 for every stage that can hold the step, the parameter as it was before, and what is handed to every call of the host.
/// </summary>
/// <param name="Function">Reductions are inputs, and their terms outputs: it is for the sequence of passes to bring one to the other.</param>
/// <param name="StateStages">The stage that keeps each state, by the state's number.</param>
/// <param name="ReductionStages">The stage that uses each reduction.</param>
/// <param name="HoldStages">The stages that can hold the step.</param>
internal sealed record ComposedUpdate(
    ScalarFunction Function,
    EquatableArray<UpdateInput> Inputs,
    EquatableArray<int> StateStages,
    EquatableArray<int> ReductionStages,
    EquatableArray<int> HoldStages)
{
    /// <summary>Where the outputs of each sort begin.</summary>
    public const int FirstState = 1;

    public int FirstReduction => FirstState + StateStages.Count;

    public int FirstHold => FirstReduction + ReductionStages.Count;

    public int Previous => FirstHold + HoldStages.Count;

    /// <summary>The outputs that a call of the host is handed.</summary>
    public int[] TermsOf(OptimizerSpec optimizer, int call) =>
        [.. Enumerable.Range(Previous + 1 + optimizer.Calls.Take(call).Sum(earlier => earlier.TermCount), optimizer.Calls[call].TermCount)];

    /// <summary>The chain of an optimizer; where parameters were moved, it begins with where they were.</summary>
    public static ComposedUpdate Of(OptimizerSpec optimizer) => Of(optimizer, optimizer.Stages, (parameter, states) =>
        optimizer.Origin < 0 ? parameter : states[optimizer.Origin]);

    /// <summary>What moves the parameters before the second gradient, and keeps where they were.</summary>
    public static ComposedUpdate OfPerturbation(OptimizerSpec optimizer) => Of(optimizer, [optimizer.Perturbation!, .. optimizer.Stages.Where(stage => stage.HoldsWhereMoved)], (parameter, states) =>
        states[optimizer.Origin] = parameter);

    /// <param name="begin">Gives the parameter with which the chain begins from the one in memory, and may set states.</param>
    private static ComposedUpdate Of(OptimizerSpec optimizer, EquatableArray<StageSpec> stages, Func<int, int[], int> begin)
    {
        ScalarBuilder scalar = new();
        UpdateInput[] inputs =
        [
            new UpdateInput(UpdateInputKind.Parameter, 0),
            new UpdateInput(UpdateInputKind.Gradient, 0),
            .. Enumerable.Range(0, optimizer.States.Count).Select(slot => new UpdateInput(UpdateInputKind.State, slot)),
            .. Enumerable.Range(0, optimizer.Hypers.Count).Select(hyper => new UpdateInput(UpdateInputKind.Hyper, hyper)),
            new UpdateInput(UpdateInputKind.Step, 0),
            new UpdateInput(UpdateInputKind.Rows, 0),
            new UpdateInput(UpdateInputKind.Columns, 0),
            .. Enumerable.Range(0, optimizer.Streams).Select(stream => new UpdateInput(UpdateInputKind.Random, stream)),
            .. Enumerable.Range(0, optimizer.Reductions.Count).Select(reduction => new UpdateInput(UpdateInputKind.Reduced, reduction)),
            new UpdateInput(UpdateInputKind.Loss, 0),
            .. Enumerable.Range(0, optimizer.Results.Count).Select(result => new UpdateInput(UpdateInputKind.Result, result)),
        ];
        int[] states = [.. Enumerable.Range(0, optimizer.States.Count).Select(slot => scalar.Input(2 + slot))];
        int previous = begin(scalar.Input(0), states), parameter = previous, gradient = scalar.Input(1);
        int[] terms = new int[optimizer.Reductions.Count], stateStages = new int[states.Length], reductionStages = [.. Enumerable.Repeat(-1, terms.Length)];
        List<int> holds = [], holdStages = [], called = [];
        int? changedLoss = null, skip = null;
        Extent skipped = Extent.Everything;
        for (int number = 0; number < stages.Count; number++)
        {
            StageSpec stage = stages[number];
            FoundStates found = FoundStates.Of(stage);
            int[] results = scalar.Inline(found.Function, [.. stage.Body.Inputs.Select(input => input.Kind switch
            {
                UpdateInputKind.Gradient => gradient,
                UpdateInputKind.Parameter => parameter,
                UpdateInputKind.Previous => previous,
                UpdateInputKind.Loss when changedLoss is int loss => loss,
                _ => scalar.Input(Array.IndexOf(inputs, input)),
            })]);
            int? leftOut = stage.SeesAll ? null : skip;
            int Unless(int kept, int changed) => leftOut is int flag ? scalar.Apply(ScalarOp.Select, scalar.Apply(ScalarOp.Less, scalar.Constant(0), flag), kept, changed) : changed;
            if (stage.Kind == StageKind.GradientTransform)
                gradient = results[0];
            else
                parameter = Unless(parameter, results[0]);
            int next = 1;
            foreach ((int slot, int output) in stage.States.Zip(found.Outputs, (slot, output) => (slot, output)))
            {
                bool isKept = Extents.Join(skipped, optimizer.States[slot].Over) == optimizer.States[slot].Over;
                int kept = output < 0 ? states[slot] : results[output];
                (states[slot], stateStages[slot]) = (isKept ? Unless(kept, results[next]) : results[next], number);
                next++;
            }

            foreach (int reduction in stage.Reductions)
                (terms[reduction], reductionStages[reduction]) = (results[next++], number);
            if (stage.Holds)
            {
                holds.Add(results[stage.Outputs.Hold]);
                holdStages.Add(number);
            }

            if (stage.Skips)
            {
                skip = skip is int earlier ? scalar.Apply(ScalarOp.Max, earlier, results[stage.Outputs.Skip]) : results[stage.Outputs.Skip];
                ScalarFunction condition = scalar.Build(inputs.Length, skip.Value);
                skipped = Extents.Of(condition, input => UpdatePass.ExtentOf(optimizer, ParameterGroups.Of(optimizer), inputs[input]))[condition.Outputs[0]];
            }

            if (stage.ChangesLoss)
                changedLoss = results[stage.Outputs.Loss];
            called.AddRange(results.Skip(stage.Outputs.FirstOfCalls).Take(stage.Calls.Sum(call => optimizer.Calls[call].TermCount)));
        }

        return new ComposedUpdate(
            scalar.Build(inputs.Length, [parameter, .. states, .. terms, .. holds, previous, .. called]),
            inputs.ToEquatableArray(),
            stateStages.ToEquatableArray(),
            reductionStages.ToEquatableArray(),
            holdStages.ToEquatableArray());
    }
}
