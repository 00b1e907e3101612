using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>What is wrong with a stage that was read.</summary>
internal sealed partial class OptimizerStages
{
    /// <summary>Reports stages that leave elements out where a later one has to do with whole tensors.</summary>
    private void CheckSkips()
    {
        for (int i = 0; i < _added.Count; i++)
        {
            if (_added[i].Reading.Skips && _added.Skip(i + 1).FirstOrDefault(later => !later.Reading.SeesAll && later.Reading.Reductions.Any(called => called.Kind == ReductionKind.Whole)) is { Name: { } whole })
                diagnostics.Report(DiagnosticDescriptors.SkipOfWhole, _added[i].Blame, _added[i].Name, whole);
        }
    }

    /// <summary>Numbers of pairs are not seen from an element: nothing reads the state but the code that it is handed to, and nothing else is its new value.</summary>
    private void CheckPairs(StageReading reading, Location? blame)
    {
        ScalarFunction function = reading.Body.Function;
        for (int state = 0; state < reading.States.Count; state++)
        {
            DeclaredState declared = reading.States[state];
            if (declared.OrDiagonal && declared.Over is not (Extent.RowPair or Extent.ColumnPair))
                diagnostics.Report(DiagnosticDescriptors.PairsDiagonal, declared.Location ?? blame, declared.Name, declared.Over.Describe());
            if (!declared.Over.IsPairs())
                continue;
            if (declared.Over is Extent.Direction or Extent.InDirection && declared.AtMost.Length == 0)
                diagnostics.Report(DiagnosticDescriptors.DirectionsWithoutNumber, declared.Location ?? blame, declared.Name);
            int own = Enumerable.Range(0, function.Nodes.Count).FirstOrDefault(node => function.Nodes[node].Op == ScalarOp.Input && reading.Body.Inputs[function.Nodes[node].A] == new UpdateInput(UpdateInputKind.State, state));
            bool isRead = function.Nodes.Any(node => node.Operands().Contains(own)) || function.Outputs.Where((output, number) => number != 1 + state).Contains(own);
            if (declared.AtMost.Length > 0 && !reading.Limits.ContainsKey(declared.AtMost))
                diagnostics.Report(DiagnosticDescriptors.PairsLimit, declared.Location ?? blame, declared.AtMost, declared.Name);
            if (isRead || function.Outputs[1 + state] != own)
                diagnostics.Report(DiagnosticDescriptors.PairsInElement, declared.Location ?? blame, declared.Name, declared.Over.Describe());
        }
    }

    /// <summary>A number that is kept for many elements must have a new value that is the same for all of them.</summary>
    private void CheckExtents(StageReading reading, int[] slots, Location? blame)
    {
        Extent[] extents = Extents.Of(reading.Body.Function, input => reading.Body.Inputs[input] switch
        {
            { Kind: UpdateInputKind.State, Index: int state } => reading.States[state].Over,
            { Kind: UpdateInputKind.Reduced, Index: int reduction } => reading.Reductions[reduction].Over,
            { Kind: UpdateInputKind.Hyper or UpdateInputKind.Step or UpdateInputKind.Loss or UpdateInputKind.Result } => Extent.Everything,
            _ => Extent.Element,
        });
        for (int state = 0; state < slots.Length; state++)
        {
            DeclaredState declared = reading.States[state];
            Extent extent = extents[reading.Body.Function.Outputs[1 + state]];
            if (slots[state] >= 0 && !declared.IsInput && !declared.Over.IsPairs() && Extents.Join(extent, declared.Over) != declared.Over)
                diagnostics.Report(DiagnosticDescriptors.StateExtent, declared.Location ?? blame, declared.Name, declared.Over.Describe(), extent.Describe());
        }

        EquatableArray<int> outputs = reading.Body.Function.Outputs;
        if (reading.Holds && extents[outputs[reading.Outputs.Hold]] is var hold && hold != Extent.Everything)
            diagnostics.Report(DiagnosticDescriptors.HoldExtent, reading.HoldLocation ?? blame, hold.Describe());
        if (reading.ChangesLoss && extents[outputs[reading.Outputs.Loss]] is var loss && loss != Extent.Everything)
            diagnostics.Report(DiagnosticDescriptors.LossExtent, reading.LossLocation ?? blame, loss.Describe());
        int term = reading.Outputs.FirstOfCalls;
        foreach (CalledOnce call in reading.Calls)
        {
            for (int i = 0; i < call.Arguments.Count; i++)
            {
                int count = call.Arguments[i].State < 0 ? call.Arguments[i].Count : 0;
                Extent extent = Enumerable.Range(term, count).Select(output => extents[outputs[output]]).Aggregate(Extent.Everything, Extents.Join);
                if (extent != Extent.Everything)
                    diagnostics.Report(DiagnosticDescriptors.OnceArgument, call.Location ?? blame, call.Name, $"'{call.Names[i]}' is a number for {extent.Describe()}; hand it sums");
                term += count;
            }
        }
    }

    /// <summary>An array that a call is handed is changed by nothing else, and read only as the call leaves it.</summary>
    private void CheckCalls(StageKind kind, string name, StageReading reading, Location? blame)
    {
        if (reading.Calls.Count > 0 && kind != StageKind.Rule)
            diagnostics.Report(DiagnosticDescriptors.OnceArgument, reading.Calls[0].Location ?? blame, reading.Calls[0].Name, $"'{name}' is a transform; only update rules may call it");
        ScalarFunction function = reading.Body.Function;
        HashSet<UpdateInput> read = [.. Differentiate.Reads(function).Select(input => reading.Body.Inputs[input])];
        UpdateInput? InputOf(int node) => function.Nodes[node] is { Op: ScalarOp.Input } input ? reading.Body.Inputs[input.A] : null;
        foreach (DeclaredArray array in reading.Arrays.Where(array => OwnedArray(reading, array.First) is not null))
        {
            CalledOnce[] calls = [.. reading.Calls.Where(call => call.Arguments.Any(argument => argument.State == array.First))];
            bool IsRead(int position) => read.Contains(new UpdateInput(UpdateInputKind.State, array.First + position));
            bool IsLeft(int position) => InputOf(function.Outputs[1 + array.First + position]) is { Kind: UpdateInputKind.Result } left
                && reading.Results[left.Index] is var result && result.State == array.First && result.Position == position;
            string? why = calls.Sum(call => call.Arguments.Count(argument => argument.State == array.First)) > 1 ? "hands it over twice"
                : Enumerable.Range(0, array.Count).Any(IsRead) ? "reads it before the call"
                : !Enumerable.Range(0, array.Count).All(IsLeft) ? "assigns to it"
                : null;
            if (why is not null)
                diagnostics.Report(DiagnosticDescriptors.OnceState, array.Location ?? blame, array.Name, calls[0].Name, why);
        }
    }
}
