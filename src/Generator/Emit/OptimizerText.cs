using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>How an optimizer's emitted code names and reads what its functions take: hyperparameters, the step number, states and reduced numbers.</summary>
internal sealed class OptimizerText(OptimizerSpec optimizer)
{
    private readonly ParameterGroups _groups = ParameterGroups.Of(optimizer);

    public OptimizerSpec Optimizer { get; } = optimizer;

    public UpdateSequence Sequence { get; } = UpdateSequence.Of(optimizer);

    /// <summary>What moves the parameters before the second gradient; null when one gradient is all that a step takes.</summary>
    public UpdateSequence? Perturbation { get; } = UpdateSequence.OfPerturbation(optimizer);

    /// <summary>All passes of the optimizer; the update's last one comes last.</summary>
    public IEnumerable<UpdatePass> Passes => (Perturbation?.Passes ?? []).Concat(Sequence.Passes);

    public ParameterGroups Groups => _groups;

    public string Element => Optimizer.Element;

    /// <summary>What turns a double into an element.</summary>
    public string Cast => Element == "float" ? "(float)" : "";

    /// <summary>Whether any pass reads the loss.</summary>
    public bool KeepsLoss => Optimizer.ReadsLoss || Optimizer.Perturbation is { ReadsLoss: true };

    /// <summary>How many parameters a step changes.</summary>
    public string UpdatedCount => Optimizer.Model is not { } model ? "ParameterCount" : ClassFile.Text(
        Enumerable.Range(0, model.Parameters.Count).Where(p => !_groups.Groups[_groups.OfParameter[p]].Frozen).Sum(p => model.Parameters[p].Shape.Count));

    public Extent ExtentOf(UpdateInput input) => UpdatePass.ExtentOf(Optimizer, _groups, input);

    /// <summary>The name of the variable that holds an input.</summary>
    public string NameOf(UpdateInput input) => input.Kind switch
    {
        UpdateInputKind.Hyper => Identifier.Camel(Optimizer.Hypers[input.Index].Name),
        UpdateInputKind.State => Identifier.Camel(Optimizer.States[input.Index].Name),
        UpdateInputKind.Reduced => Identifier.Camel(Optimizer.Reductions[input.Index].Name),
        UpdateInputKind.Rows => "rows",
        UpdateInputKind.Columns => "columnCount",
        UpdateInputKind.Loss => "loss",
        UpdateInputKind.Result => Identifier.Camel(UpdatePass.NameOf(Optimizer, Optimizer.Results[input.Index])),
        _ => "step",
    };

    /// <summary>The expression that reads an input inside the loops of its extent.</summary>
    public string Value(UpdateInput input, string group) => input.Kind switch
    {
        UpdateInputKind.Hyper => Hyper(input.Index, group),
        UpdateInputKind.State => State(input.Index),
        UpdateInputKind.Reduced => Reduced(input.Index),
        UpdateInputKind.Rows => "_segments[tensor].Rows",
        UpdateInputKind.Columns => "_segments[tensor].Columns",
        UpdateInputKind.Loss => "_loss",
        UpdateInputKind.Result => $"{StateField(Optimizer.States[Optimizer.Results[input.Index].State])}[{ClassFile.Text(Optimizer.Results[input.Index].Position)}]",
        _ => "_stepCount + 1.0",
    };

    /// <summary>A state that is kept for a tensor or for everything.</summary>
    public string State(int slot) => Optimizer.States[slot].Over == Extent.Everything
        ? Optimizer.States[slot].Name
        : $"{StateField(Optimizer.States[slot])}.Span[tensor]";

    /// <summary>Whether any state is kept in blocks with a scale.</summary>
    public bool HasBlocks => Optimizer.States.Any(state => state.Format.IsBlockwise());

    /// <summary>Whether a pass reads or writes states that are kept in blocks.</summary>
    public bool TouchesBlocks(UpdatePass pass) =>
        pass.ElementInputs.Any(input => input.Kind == UpdateInputKind.State && Optimizer.States[input.Index].Format.IsBlockwise())
        || pass.Outputs.Any(output => output.Kind == PassOutputKind.State && Optimizer.States[output.Index].Format.IsBlockwise());

    /// <summary>Whether each row begins a block, since a pass goes over them row by row.</summary>
    public bool BlocksByRow => Sequence.Passes.Any(pass => TouchesBlocks(pass) && pass.GoesByRows(Optimizer));

    /// <summary>Whether a pass must go over its elements row by row.</summary>
    public bool GoesByRows(UpdatePass pass) => pass.GoesByRows(Optimizer) || (BlocksByRow && TouchesBlocks(pass));

    /// <summary>The type of the object that holds a state, for the elements of an extent.</summary>
    public string StateType(StateSpec state) => state.Format.IsBlockwise() ? "Blockwise8" : state.Over.IsPairs() ? $"PairedState<{Element}>" : $"AlignedBuffer<{StateElement(state)}>";

    /// <summary>The type of a state's numbers in memory, if it is not kept in blocks.</summary>
    public string StateElement(StateSpec state) => state.Format == StateFormat.Element ? Element : "BFloat16";

    public static string StateField(StateSpec state) => Identifier.Field(state.Name) + "State";

    /// <summary>Where a reduced number is kept until the pass that needs it.</summary>
    public string ReducedField(int reduction) => Identifier.Field(Optimizer.Reductions[reduction].Name) + "Reduced";

    /// <summary>A number that was reduced over a tensor or over everything.</summary>
    public string Reduced(int reduction) => Optimizer.Reductions[reduction].Over == Extent.Everything ? ReducedField(reduction) : ReducedField(reduction) + "[tensor]";

    private string Hyper(int hyper, string group)
    {
        (ParameterGroup Group, int Number)[] live = [.. _groups.Groups.Select((own, number) => (own, number)).Where(own => !own.own.Frozen)];
        string[] values = [.. live.Select(own => InGroup(hyper, own.Group))];
        if (live.Length == 0 || values.Distinct().Count() == 1)
            return values.FirstOrDefault() ?? InGroup(hyper, _groups.Groups[0]);
        string usual = values.GroupBy(value => value).OrderByDescending(same => same.Count()).First().Key;
        IEnumerable<string> others = Enumerable.Range(0, live.Length).Where(i => values[i] != usual).GroupBy(i => values[i])
            .Select(same => $"{string.Join(" or ", same.Select(i => ClassFile.Text(live[i].Number)))} => {same.Key}");
        return $"{group} switch {{ {string.Join(", ", others)}, _ => {usual} }}";
    }

    private string InGroup(int hyper, ParameterGroup group)
    {
        (bool off, int scale, int depth, int given) = ParameterGroups.Variant(Optimizer, group, hyper);
        if (off)
            return "0.0";
        string value = HyperMembers.Current(Optimizer, hyper, given < 0 ? null : HyperMembers.OverrideName(Optimizer, given));
        if (Optimizer.Hypers[hyper].Type == "bool")
            return $"({value} ? 1.0 : 0.0)";
        if (scale >= 0)
            value += $" * {HyperMembers.ScaleName(Optimizer, scale)}";
        if (depth > 0)
            value += $" * Math.Pow({Optimizer.Hypers[Optimizer.LayerDecay].Name}, {ClassFile.Text(depth)})";
        return value;
    }
}
