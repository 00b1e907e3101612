using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Collects the stages of an optimizer's chain, and numbers their states and reductions.</summary>
internal sealed partial class OptimizerStages(OptimizerHypers hypers, DiagnosticBag diagnostics)
{
    // Up to so many sums by one method a person writes without a loop.
    private const int FewReductions = 4;

    private readonly List<(StageKind Kind, string Name, StageReading Reading, Location? Blame)> _added = [];
    private readonly List<StageSpec> _stages = [];
    private readonly List<StateSpec> _states = [];
    private readonly List<ReductionSpec> _reductions = [];
    private readonly List<OnceSpec> _calls = [];
    private readonly List<OnceResult> _results = [];
    private int _streams;

    public EquatableArray<StageSpec> Stages => _stages.Where(stage => stage.Kind != StageKind.Perturbation).ToEquatableArray();

    /// <summary>The first stage that moves parameters before the second gradient.</summary>
    public StageSpec? Perturbation => _stages.Find(stage => stage.Kind == StageKind.Perturbation);

    /// <summary>The state that keeps the parameters while they are moved; −1 when they are not.</summary>
    public int Origin { get; private set; } = -1;

    public EquatableArray<StateSpec> States => _states.ToEquatableArray();

    public EquatableArray<ReductionSpec> Reductions => _reductions.ToEquatableArray();

    public EquatableArray<OnceSpec> Calls => _calls.ToEquatableArray();

    public EquatableArray<OnceResult> Results => _results.ToEquatableArray();

    /// <summary>Adds a stage at the end of the chain.</summary>
    /// <param name="blame">What a diagnostic underlines when the definition is not the user's.</param>
    public void Add(StageKind kind, string name, StageReading reading, Location? blame) => _added.Add((kind, name, reading, blame));

    /// <summary>Numbers what was added, when all of the chain is known: what is done to the loss counts only where a later stage reads it.</summary>
    public void Number()
    {
        bool isRead = false;
        for (int i = _added.Count - 1; i >= 0; i--)
        {
            StageReading reading = _added[i].Reading;
            if (reading.ChangesLoss && !isRead)
                _added[i] = _added[i] with { Reading = WithoutLoss(reading) };
            isRead |= reading is { ChangesLoss: false, ReadsLoss: true };
        }

        foreach ((StageKind kind, string name, StageReading reading, Location? blame) in _added)
        {
            bool isFirst = Perturbation is null;
            Number(kind, name, reading, blame);
            if (kind == StageKind.Perturbation && isFirst)
                AddOrigin(name);
        }

        CheckSkips();
    }

    /// <summary>
    /// Numbers a stage. A state that it never changes stays as it began: it is dropped, and its first value stands for it. So an optional part of a rule that is left out
    /// takes its states along.
    /// </summary>
    private void Number(StageKind kind, string name, StageReading reading, Location? blame)
    {
        EquatableArray<UpdateInput> inputs = reading.Body.Inputs;
        bool IsUnchanged(int state) => reading.Body.Function.Nodes[reading.Body.Function.Outputs[1 + state]] is { Op: ScalarOp.Input } node
            && inputs[node.A] == new UpdateInput(UpdateInputKind.State, state);
        int[] slots = new int[reading.States.Count];
        for (int state = 0; state < slots.Length; state++)
        {
            DeclaredState declared = reading.States[state];
            if (OwnedArray(reading, state) is { } array)
            {
                slots[state] = state == array.First ? _states.Count : slots[array.First];
                if (state == array.First)
                {
                    string count = array.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    _states.Add(new StateSpec(FreeName(name, Names.Pascal(array.Name)), $"State {array.Name} of {name}, {count} numbers.") { Over = Extent.Everything, Count = array.Count, Initial = declared.Initial });
                }

                continue;
            }

            bool isKept = declared.IsInput || IsHandedOver(reading, state);
            if (!isKept && IsUnchanged(state))
            {
                slots[state] = -1;
                continue;
            }

            slots[state] = _states.Count;
            string what = declared.IsInput ? "Input" : "State";
            string each = declared.Over switch
            {
                Extent.Element => "one number per parameter",
                Extent.Everything => "one number",
                _ => $"one number for {declared.Over.Describe()}",
            };
            _states.Add(new StateSpec(FreeName(name, Names.Pascal(declared.Name)), $"{what} {declared.Name} of {name}, {each}.")
            {
                Over = declared.Over,
                Array = declared.Array.Length == 0 ? "" : Names.Pascal(declared.Array),
                AtMost = reading.Limits.TryGetValue(declared.AtMost, out int limit) ? limit : int.MaxValue,
                OrDiagonal = declared.OrDiagonal,
                Initial = declared.Initial,
                IsInput = declared.IsInput,
                IsExact = declared.IsExact,
                IsNonNegative = declared.IsNonNegative,
                IsWeights = declared.IsWeights,
            });
        }

        WholeArgument Numbered(WholeArgument argument) => argument.IsState ? argument with { Input = argument.Input!.Value with { Index = slots[argument.Input.Value.Index] } } : argument;
        int firstReduction = _reductions.Count, firstStream = _streams;
        _streams += inputs.Where(input => input.Kind == UpdateInputKind.Random).Select(input => input.Index + 1).DefaultIfEmpty(0).Max();
        foreach (CalledReduction called in reading.Reductions)
        {
            // Those of a loop count as the items of arrays do.
            int earlier = reading.Reductions.Take(_reductions.Count - firstReduction).Count(other => other.Name == called.Name);
            bool isOfLoop = reading.Reductions.Count(other => other.Name == called.Name) > FewReductions;
            ReductionSpec reduction = new(FreeReduction(name, called.Name + (isOfLoop ? earlier.ToString(System.Globalization.CultureInfo.InvariantCulture) : "")), called.Over, called.Kind);
            if (called.Kind == ReductionKind.Whole)
            {
                reduction = reduction with { Method = called.Method, Buffer = _states.Count, When = hypers.IndexOf(called.When), Arguments = called.Arguments.Select(Numbered).ToEquatableArray(), Stream = called.Draws ? _streams++ : -1 };
                _states.Add(new StateSpec(FreeName(name, reduction.Name + "Terms"), $"What {called.Name} of {name} works on.") { IsScratch = true });
            }

            _reductions.Add(reduction);
        }

        int firstCall = _calls.Count;
        foreach (CalledOnce called in reading.Calls)
        {
            OnceArgument[] arguments = [.. called.Arguments.Select(argument => argument.State < 0 ? argument : argument with { State = slots[argument.State] })];
            _calls.Add(new OnceSpec(Free(name, Names.Pascal(called.Name), taken => _calls.Exists(call => call.Name == taken)), called.Method, arguments.ToEquatableArray()));
        }

        int[] results = new int[reading.Results.Count];
        HashSet<int> read = [.. Differentiate.Reads(reading.Body.Function)];
        foreach (int result in inputs.Where((input, number) => input.Kind == UpdateInputKind.Result && read.Contains(number)).Select(input => input.Index))
        {
            // What only stands for the new value of its own array need not be read.
            OnceResult left = reading.Results[result];
            results[result] = _results.Count;
            _results.Add(new OnceResult(firstCall + left.Call, slots[left.State], left.Position));
        }

        BoundFunction body = Renumber(reading, slots, firstReduction, results, firstStream, IsUnchanged, out int[] kept);
        diagnostics.Use = blame;
        CheckPairs(reading, blame);
        CheckExtents(reading, slots, blame);
        CheckCalls(kind, name, reading, blame);
        _stages.Add(new StageSpec(
            kind,
            name,
            body,
            kept.Select(state => slots[state]).ToEquatableArray(),
            Enumerable.Range(firstReduction, reading.Reductions.Count).ToEquatableArray(),
            reading.Holds,
            reading.ChangesLoss)
        {
            Skips = reading.Skips,
            SeesAll = reading.SeesAll,
            HoldsWhereMoved = reading.HoldsWhereMoved,
            Calls = Enumerable.Range(firstCall, reading.Calls.Count).ToEquatableArray(),
        });
    }

    /// <summary>The array that a call is handed, and that a state is a number of; null for another state.</summary>
    private static DeclaredArray? OwnedArray(StageReading reading, int state)
    {
        foreach (DeclaredArray array in reading.Arrays)
        {
            if (state >= array.First && state < array.First + array.Count && reading.Calls.Any(call => call.Arguments.Any(argument => argument.State == array.First)))
                return array;
        }

        return null;
    }

    /// <summary>A stage for a chain in which nothing reads the loss: it is 0, and states that then never leave their first value stay as they are.</summary>
    private static StageReading WithoutLoss(StageReading reading)
    {
        ScalarFunction function = reading.Body.Function;
        EquatableArray<UpdateInput> inputs = reading.Body.Inputs;
        ScalarBuilder scalar = new();
        int[] values = [.. inputs.Select((input, number) => input.Kind == UpdateInputKind.Loss ? scalar.Constant(0) : scalar.Input(number))];
        int Input(int state) => inputs.Items.IndexOf(new UpdateInput(UpdateInputKind.State, state));
        List<int> constant = [];
        for (int state = 0; state < reading.States.Count; state++)
        {
            if (reading.States[state].IsInput)
                continue;
            int first = scalar.Constant(reading.States[state].Initial), symbolic = values[Input(state)];
            values[Input(state)] = first;
            if (scalar.Inline(function, values)[1 + state] == first)
                constant.Add(state);
            else
                values[Input(state)] = symbolic;
        }

        int[] outputs = scalar.Inline(function, values);
        foreach (int state in constant)
            outputs[1 + state] = scalar.Input(Input(state));
        return reading with { Body = new BoundFunction(scalar.Build(inputs.Count, [.. outputs.Where((_, number) => number != reading.Outputs.Loss)]), inputs), ChangesLoss = false };
    }

    /// <summary>Adds the state that keeps the parameters while they are moved.</summary>
    private void AddOrigin(string perturbation)
    {
        Origin = _states.Count;
        _states.Add(new StateSpec(FreeName(perturbation, "Origin"), $"The parameters before {perturbation} moved them, one number per parameter.") { IsExact = true });
    }

    /// <summary>What is the same for all parameters and depends on a hyperparameter, and the stage that it is of; null where there is none.</summary>
    public (string What, string Stage)? SharedBy(int hyper)
    {
        foreach (StageSpec stage in _stages)
        {
            Extent[] extents = Extents.Of(stage.Body.Function, input => stage.Body.Inputs[input] switch
            {
                { Kind: UpdateInputKind.Hyper, Index: int own } => own == hyper ? Extent.Tensor : Extent.Everything,
                { Kind: UpdateInputKind.State, Index: int state } => _states[state].Over,
                { Kind: UpdateInputKind.Reduced, Index: int reduction } => _reductions[reduction].Over,
                { Kind: UpdateInputKind.Step or UpdateInputKind.Loss or UpdateInputKind.Result } => Extent.Everything,
                _ => Extent.Element,
            });
            EquatableArray<int> outputs = stage.Body.Function.Outputs;
            for (int k = 0; k < stage.States.Count; k++)
            {
                StateSpec state = _states[stage.States[k]];
                if (state.Over == Extent.Everything && extents[outputs[1 + k]] != Extent.Everything)
                    return ($"'{state.Name}'", stage.Name);
            }

            if (stage.Holds && extents[outputs[stage.Outputs.Hold]] != Extent.Everything)
                return ("whether a step goes on", stage.Name);
            if (stage.ChangesLoss && extents[outputs[stage.Outputs.Loss]] != Extent.Everything)
                return ("the loss", stage.Name);
            int term = stage.Outputs.FirstOfCalls;
            foreach (OnceSpec call in stage.Calls.Select(call => _calls[call]))
            {
                if (Enumerable.Range(term, call.TermCount).Any(output => extents[outputs[output]] != Extent.Everything))
                    return ($"what '{call.Name}' is told", stage.Name);
                term += call.TermCount;
            }
        }

        return null;
    }

    private static BoundFunction Renumber(StageReading reading, int[] slots, int firstReduction, int[] resultNumbers, int firstStream, Func<int, bool> isUnchanged, out int[] kept)
    {
        ScalarFunction function = reading.Body.Function;
        ScalarBuilder scalar = new();
        List<UpdateInput> inputs = [];
        int[] values = new int[reading.Body.Inputs.Count];
        HashSet<int> read = [.. Differentiate.Reads(function)];
        for (int i = 0; i < values.Length; i++)
        {
            UpdateInput input = reading.Body.Inputs[i];
            if (!read.Contains(i) || (input.Kind == UpdateInputKind.State && slots[input.Index] < 0))
            {
                values[i] = scalar.Constant(input.Kind == UpdateInputKind.State ? reading.States[input.Index].Initial : 0);
                continue;
            }

            values[i] = scalar.Input(inputs.Count);
            inputs.Add(input.Kind switch
            {
                UpdateInputKind.State => input with { Index = slots[input.Index] },
                UpdateInputKind.Reduced => input with { Index = firstReduction + input.Index },
                UpdateInputKind.Result => input with { Index = resultNumbers[input.Index] },
                UpdateInputKind.Random => input with { Index = firstStream + input.Index },
                _ => input,
            });
        }

        int[] results = scalar.Inline(function, values);
        kept = [.. Enumerable.Range(0, slots.Length).Where(state => slots[state] >= 0 && !isUnchanged(state) && OwnedArray(reading, state) is null)];
        int[] outputs = [results[0], .. kept.Select(state => results[1 + state]), .. results.Skip(1 + slots.Length)];
        return new BoundFunction(scalar.Build(inputs.Count, outputs), inputs.ToEquatableArray());
    }

    /// <summary>Whether code on whole tensors is handed a state.</summary>
    private static bool IsHandedOver(StageReading reading, int state) =>
        reading.Reductions.Any(called => called.Arguments.Any(argument => argument.Input == new UpdateInput(UpdateInputKind.State, state)));

    private string FreeName(string stage, string name) => Free(stage, name, taken => _states.Exists(state => state.Name == taken));

    private string FreeReduction(string stage, string name) => Free(stage, Names.Pascal(name), taken => _reductions.Exists(reduction => reduction.Name == taken));

    private static string Free(string stage, string name, Func<string, bool> isTaken)
    {
        if (!isTaken(name))
            return name;
        string free = Names.Pascal(stage) + name;
        for (int number = 2; isTaken(free); number++)
            free = Names.Pascal(stage) + name + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return free;
    }
}
