using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>The new values of states that are kept once for everything: outputs of a function of uniforms, for the states in order.</summary>
internal sealed record StateAdvance(BoundFunction Function, EquatableArray<int> States);

/// <summary>Where a step may end early.</summary>
/// <param name="Condition">Its output is 1 when the step ends here, else 0.</param>
/// <param name="Pass">What is written then; null when nothing is.</param>
/// <param name="Advance">The states that are kept once for everything and change then; null when none does.</param>
internal sealed record HoldPoint(string Name, BoundFunction Condition, UpdatePass? Pass, StateAdvance? Advance);

/// <summary>Code of the host that runs once per step, between two passes.</summary>
/// <param name="Call">Its number in the optimizer.</param>
/// <param name="After">How many of the last passes that only reduce run before it.</param>
/// <param name="Terms">What it is handed.</param>
internal sealed record OnceStep(int Call, int After, BoundFunction Terms);

/// <summary>
/// A composed update as passes over the elements. A reduction must be complete before what uses it can be computed, so each level of reductions is a pass of
/// its own; what follows a point where the step may end is not computed before that is decided.
/// </summary>
/// <param name="Reductions">The passes that only reduce: before each hold point, then before the update.</param>
/// <param name="Update">The pass that writes parameters and states.</param>
internal sealed record UpdateSequence(
    EquatableArray<EquatableArray<UpdatePass>> Reductions, EquatableArray<HoldPoint> Holds, UpdatePass Update, StateAdvance? Advance)
{
    /// <summary>What the host runs besides: after some of the passes that reduce before the update.</summary>
    public EquatableArray<OnceStep> Calls { get; init; } = [];

    /// <summary>The passes that write states at a place, ahead of the update.</summary>
    public EquatableArray<PlacedPass> Placed { get; init; } = [];

    /// <summary>All passes, in the order in which they may run.</summary>
    public IEnumerable<UpdatePass> Passes
    {
        get
        {
            for (int segment = 0; segment < Reductions.Count; segment++)
            {
                foreach (UpdatePass pass in Reductions[segment])
                    yield return pass;
                if (segment < Holds.Count && Holds[segment].Pass is { } held)
                    yield return held;
            }

            foreach (PlacedPass placed in Placed)
                yield return placed.Pass;
            yield return Update;
        }
    }

    /// <summary>Whether the update is one pass that a training step can do as soon as a gradient is known.</summary>
    public bool IsFusible(OptimizerSpec optimizer) => !NeedsTensors(optimizer) && !optimizer.ReadsLoss && optimizer.Streams == 0 && optimizer.Calls.Count == 0 && Holds.Count == 0 && Reductions.All(passes => passes.Count == 0) && Placed.Count == 0 && !Update.HasCoarseOutputs;

    /// <summary>Whether tensors must be told apart for anything but their groups.</summary>
    public static bool NeedsTensors(OptimizerSpec optimizer) =>
        optimizer.Reductions.Any(reduction => reduction.Over is Extent.Tensor or Extent.Row or Extent.Column)
        || optimizer.Reductions.Any(reduction => reduction.Kind == ReductionKind.Whole)
        || optimizer.States.Any(state => state.Over is Extent.Tensor or Extent.Row or Extent.Column)
        || optimizer.Stages.Any(stage => stage.Body.Inputs.Any(input => input.Kind is UpdateInputKind.Rows or UpdateInputKind.Columns));

    /// <summary>The passes of an optimizer's update.</summary>
    public static UpdateSequence Of(OptimizerSpec optimizer) => Of(optimizer, ComposedUpdate.Of(optimizer), "Update");

    /// <summary>The passes that move the parameters before the second gradient; null when there is none.</summary>
    public static UpdateSequence? OfPerturbation(OptimizerSpec optimizer) =>
        optimizer.Perturbation is null ? null : Of(optimizer, ComposedUpdate.OfPerturbation(optimizer), "Move");

    private static UpdateSequence Of(OptimizerSpec optimizer, ComposedUpdate update, string name)
    {
        ParameterGroups groups = ParameterGroups.Of(optimizer);
        Dictionary<int, bool> known = [];
        List<EquatableArray<UpdatePass>> reductions = [];
        List<HoldPoint> holds = [];
        List<OnceStep> calls = [];
        int from = -1;
        for (int segment = 0; segment <= update.HoldStages.Count; segment++)
        {
            int to = segment < update.HoldStages.Count ? update.HoldStages[segment] : int.MaxValue - 1;
            ScalarFunction function = Assume.Run(update.Function, known);
            LevelTable levels = new(optimizer, update, function, from, to);
            (int Level, UpdatePass Pass)[] passes = [.. Levels(optimizer, groups, update, function, levels)];
            reductions.Add(passes.Select(level => level.Pass).ToEquatableArray());
            if (segment == update.HoldStages.Count)
            {
                // Moving the parameters ahead of a gradient calls nothing.
                if (optimizer.Rule.Calls.Count > 0 && function.Outputs.Count > update.Previous + 1)
                    calls.AddRange(CallsAfter(optimizer, update, function, levels, [.. passes.Select(level => level.Level)]));
                break;
            }

            holds.Add(Hold(optimizer, groups, update, function, segment));
            known[update.FirstHold + segment] = false;
            from = to;
        }

        IReadOnlyList<PlacedPass> placed = PlacedStates.Take(optimizer, groups, update, Assume.Run(update.Function, known), keep => NameOf(optimizer, [keep]), out ScalarFunction final);
        List<(int, PassOutput)> outputs = [(0, new PassOutput(PassOutputKind.Parameter, 0))];
        outputs.AddRange(ChangedStates(optimizer, update, final, int.MaxValue).Where(output => optimizer.States[output.Meaning.Index].Over != Extent.Everything));
        UpdatePass pass = UpdatePass.Of(name, optimizer, groups, final, update.Inputs, outputs);
        return new UpdateSequence(reductions.ToEquatableArray(), holds.ToEquatableArray(), pass, AdvanceOf(optimizer, update, final, int.MaxValue)) { Calls = calls.ToEquatableArray(), Placed = placed.ToEquatableArray() };
    }

    /// <summary>The calls of the host, each after the passes of its level, in the order of the rule.</summary>
    private static IEnumerable<OnceStep> CallsAfter(OptimizerSpec optimizer, ComposedUpdate update, ScalarFunction function, LevelTable levels, int[] passLevels) =>
        Enumerable.Range(0, optimizer.Calls.Count)
            .Select(call => new OnceStep(call, passLevels.Count(level => level <= levels.OfCall(call)), Part(function, update, update.TermsOf(optimizer, call))))
            .OrderBy(step => step.After);

    /// <summary>
    /// What must be known first: a reduction's level is one more than the highest of those that its terms need, and of the calls whose results they read; a call follows the passes of its own level.
    /// </summary>
    private sealed class LevelTable
    {
        private readonly OptimizerSpec _optimizer;
        private readonly ComposedUpdate _update;
        private readonly ScalarBuilder _scalar = new();
        private readonly int[] _results;
        private readonly Dictionary<int, int> _levels = [], _calls = [];

        public LevelTable(OptimizerSpec optimizer, ComposedUpdate update, ScalarFunction function, int afterStage, int upToStage)
        {
            _optimizer = optimizer;
            _update = update;
            _results = _scalar.Inline(function, [.. Enumerable.Range(0, function.InputCount).Select(_scalar.Input)]);
            Own = [.. Enumerable.Range(0, optimizer.Reductions.Count).Where(reduction => update.ReductionStages[reduction] >= 0 && update.ReductionStages[reduction] > afterStage && update.ReductionStages[reduction] <= upToStage)];
            Use([.. Enumerable.Range(0, _results.Length).Where(output => output < update.FirstReduction || output >= update.FirstHold)]);
        }

        /// <summary>The reductions of the stages.</summary>
        public int[] Own { get; }

        /// <summary>The reductions on which any result depends, by way of others or not.</summary>
        public HashSet<int> Used { get; } = [];

        public int Of(int reduction)
        {
            if (!Own.Contains(reduction))
                return -1;
            if (!_levels.TryGetValue(reduction, out int level))
            {
                _levels[reduction] = int.MinValue;
                level = 1 + Needed([_update.FirstReduction + reduction]);

                // Within a level, code of the host runs in the order of the rule, which is that of the numbers.
                level = Math.Max(level, Own.Where(earlier => earlier < reduction && SharesPairs(_optimizer, earlier, reduction)).Select(Of).DefaultIfEmpty(0).Max());
                _levels[reduction] = level;
            }

            return level;
        }

        public int OfCall(int call)
        {
            if (!_calls.TryGetValue(call, out int level))
                _calls[call] = level = Needed(_update.TermsOf(_optimizer, call));
            return level;
        }

        private int Needed(int[] outputs) => Reads(outputs).Select(input => input.Kind switch
        {
            UpdateInputKind.Reduced => Of(input.Index),
            UpdateInputKind.Result => OfCall(_optimizer.Results[input.Index].Call),
            _ => -1,
        }).DefaultIfEmpty(-1).Max();

        private void Use(int[] outputs)
        {
            foreach (UpdateInput input in Reads(outputs).Where(input => input.Kind == UpdateInputKind.Reduced && Used.Add(input.Index)))
                Use([_update.FirstReduction + input.Index]);
        }

        private IEnumerable<UpdateInput> Reads(int[] outputs) =>
            Differentiate.Reads(_scalar.Build(_update.Inputs.Count, [.. outputs.Select(output => _results[output])])).Select(input => _update.Inputs[input]);
    }

    /// <summary>One pass for each level.</summary>
    private static IEnumerable<(int Level, UpdatePass Pass)> Levels(
        OptimizerSpec optimizer, ParameterGroups groups, ComposedUpdate update, ScalarFunction function, LevelTable levels)
    {
        // A reduction that no result depends on is not worth a pass, unless it changes what is kept.
        int[] used = [.. levels.Own.Where(reduction => levels.Used.Contains(reduction) || optimizer.Reductions[reduction].Arguments.Any(argument => argument.IsPairs))];
        foreach (IGrouping<int, int> level in used.GroupBy(levels.Of).OrderBy(level => level.Key))
        {
            UpdatePass pass = UpdatePass.Of(
                NameOf(optimizer, [.. level.Select(reduction => optimizer.Reductions[reduction].Name)]),
                optimizer,
                groups,
                function,
                update.Inputs,
                [.. level.Select(reduction => (update.FirstReduction + reduction, new PassOutput(PassOutputKind.Term, reduction)))]);
            yield return (level.Key, pass);
        }
    }

    private static bool SharesPairs(OptimizerSpec optimizer, int one, int other) =>
        optimizer.Reductions[one].Arguments.Any(argument => argument.IsPairs && optimizer.Reductions[other].Arguments.Contains(argument));

    /// <summary>The name of a pass, which becomes a method next to the properties of the optimizer.</summary>
    private static string NameOf(OptimizerSpec optimizer, string[] reductions)
    {
        string name = reductions.Length <= 2 ? string.Join("And", reductions) : reductions[0].TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') + "AndOthers";
        bool isTaken = name == optimizer.Class.Name || optimizer.Hypers.Any(hyper => hyper.Name == name) || optimizer.States.Any(state => state.Name == name) || optimizer.Calls.Any(call => call.Name == name)
            || optimizer.Schedules.Any(schedule => schedule.Name == name);
        return isTaken ? name + "Pass" : name;
    }

    private static HoldPoint Hold(OptimizerSpec optimizer, ParameterGroups groups, ComposedUpdate update, ScalarFunction function, int number)
    {
        int stage = update.HoldStages[number];
        BoundFunction condition = Part(function, update, [update.FirstHold + number]);
        ScalarFunction held = Assume.Run(function, new Dictionary<int, bool> { [update.FirstHold + number] = true });
        List<(int Output, PassOutput Meaning)> outputs = [.. ChangedStates(optimizer, update, held, stage).Where(output => optimizer.States[output.Meaning.Index].Over != Extent.Everything)];

        // Parameters that were moved return although the step ends.
        if (optimizer.Origin >= 0)
            outputs.Insert(0, (update.Previous, new PassOutput(PassOutputKind.Parameter, 0)));
        string name = optimizer.Stages[stage].Name;
        int earlier = update.HoldStages.Take(number).Count(other => optimizer.Stages[other].Name == name);
        string unique = "Held" + name + (earlier == 0 ? "" : (earlier + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        UpdatePass? pass = outputs.Count == 0 ? null : UpdatePass.Of(unique, optimizer, groups, held, update.Inputs, outputs);
        return new HoldPoint(unique, condition, pass, AdvanceOf(optimizer, update, held, stage));
    }

    private static IEnumerable<(int Output, PassOutput Meaning)> ChangedStates(OptimizerSpec optimizer, ComposedUpdate update, ScalarFunction function, int upToStage)
    {
        for (int slot = 0; slot < optimizer.States.Count; slot++)
        {
            ScalarNode node = function.Nodes[function.Outputs[ComposedUpdate.FirstState + slot]];
            bool changed = node.Op != ScalarOp.Input || update.Inputs[node.A] != new UpdateInput(UpdateInputKind.State, slot);
            if (changed && update.StateStages[slot] <= upToStage)
                yield return (ComposedUpdate.FirstState + slot, new PassOutput(PassOutputKind.State, slot));
        }
    }

    private static StateAdvance? AdvanceOf(OptimizerSpec optimizer, ComposedUpdate update, ScalarFunction function, int upToStage)
    {
        int[] slots = [.. ChangedStates(optimizer, update, function, upToStage).Select(output => output.Meaning.Index).Where(slot => optimizer.States[slot].Over == Extent.Everything)];
        return slots.Length == 0 ? null : new StateAdvance(Part(function, update, [.. slots.Select(slot => ComposedUpdate.FirstState + slot)]), slots.ToEquatableArray());
    }

    /// <summary>Some outputs of a function over the inputs of a composed update, with the inputs that they read.</summary>
    public static BoundFunction Part(ScalarFunction function, ComposedUpdate update, int[] outputs)
    {
        ScalarFunction part = Compose.DropUnread(Part(function, outputs), out int[] kept);
        return new BoundFunction(part, kept.Select(input => update.Inputs[input]).ToEquatableArray());
    }

    /// <summary>Some outputs of a function, over the same inputs.</summary>
    public static ScalarFunction Part(ScalarFunction function, int[] outputs)
    {
        ScalarBuilder builder = new();
        int[] results = builder.Inline(function, [.. Enumerable.Range(0, function.InputCount).Select(builder.Input)]);
        return builder.Build(function.InputCount, [.. outputs.Select(output => results[output])]);
    }
}
