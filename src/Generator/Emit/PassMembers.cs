using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the method that runs one pass of an update over all segments.</summary>
internal sealed class PassMembers
{
    private static readonly string[] s_reserved = ["program", "uniforms", "rowUniforms", "columnUniforms", "rows", "columns", "lines", "rowLines", "columnLines", "tensor", "segment", "group", "values"];

    private readonly OptimizerText _text;
    private readonly UpdatePass _pass;
    private readonly CodeWriter _writer;
    private readonly OptimizerSpec _optimizer;
    private readonly HostText _host;
    private readonly bool _byRows;
    private readonly LineMembers[] _lines;

    public PassMembers(ClassFile file, OptimizerText text, UpdatePass pass)
    {
        (_text, _pass, _writer, _optimizer) = (text, pass, file.Writer, text.Optimizer);
        string[] names = [.. pass.UniformValues.Select(passed => pass.PassedNames[passed]), .. (pass.Rows?.UniformNames ?? []), .. (pass.Columns?.UniformNames ?? [])];
        _host = new HostText(text, pass.Host, names, Identifier.Field(pass.Name), s_reserved);
        _byRows = _text.GoesByRows(pass);
        _lines = [.. pass.Lines.Select(line => new LineMembers(file.Writer, text, pass, line))];
    }

    private bool HasProgram => _pass.Outputs.Count > 0;

    /// <summary>Whether the program needs to know how large tensors get: it reduces runs to single numbers, or columns band by band.</summary>
    private bool HasPartials => Terms.Any(term => _byRows || Reduction(term).Over != Extent.Column);

    private string Name => _pass.Name;

    /// <summary>Whether the uniforms have a method of their own.</summary>
    private bool HasUniformsMethod => HasProgram && !_byRows && !_pass.HasCoarseOutputs && _pass.PassedCount > 0;

    private bool UniformsVary => _host.Has(Extent.Tensor);

    /// <summary>The numbers of the program's outputs that are reduced.</summary>
    private IEnumerable<int> Terms => Enumerable.Range(0, _pass.Outputs.Count)
        .Where(output => _pass.Outputs[output].Kind == PassOutputKind.Term && Reduction(output).Kind != ReductionKind.Whole);

    /// <summary>The reductions over tensors or everything that the pass adds up, those of its lines included.</summary>
    private IEnumerable<ReductionSpec> Totals(Extent over) => _pass.Terms(_optimizer).Where(reduction => reduction.Over == over && reduction.Kind != ReductionKind.Whole);

    /// <summary>What code of the host does to whole tensors after the pass.</summary>
    private IEnumerable<ReductionSpec> Wholes => _pass.Terms(_optimizer).Where(reduction => reduction.Kind == ReductionKind.Whole);

    /// <summary>Where the addresses of the lines of numbers are kept that elements see.</summary>
    private string Lines => Identifier.Field(Name) + "Lines";

    private bool HasLines => _pass.LineValues(Extent.Row).Any() || _pass.LineValues(Extent.Column).Any() || _pass.ColumnTerms(_optimizer).Any();

    private ReductionSpec Reduction(int output) => _optimizer.Reductions[_pass.Outputs[output].Index];

    private string Field(ReductionSpec reduction) => _text.ReducedField(_optimizer.Reductions.Items.IndexOf(reduction));

    /// <summary>The call that fills a program's uniforms for a group.</summary>
    public string SetUniforms(string uniforms, string tensor, string group) =>
        $"Set{Name}Uniforms({uniforms}{(UniformsVary ? $", {tensor}, {group}" : "")});";

    public void Write()
    {
        _writer.Blank();
        _writer.Line($"/// <summary>{Summary()}</summary>");
        _writer.OptimizedAtOnce();
        using (_writer.Block($"private void {Name}()"))
        {
            if (HasProgram)
                _writer.Line($"{Name}Program program = {Identifier.Field(Name)} ??= new {Name}Program({(!HasPartials ? "" : _byRows ? "_segments" : "Segment.Longest(_segments)")});");
            foreach (LineMembers line in _lines)
                line.Begin();
            if (RoundsStochastically)
                _writer.Line("program.SetStep(_stepCount + 1);");
            if (_pass.UniformValues.Any())
                _writer.Line($"Span<{_text.Element}> uniforms = program.Uniforms.Slice(1);");
            if (HasUniformsMethod && !UniformsVary)
                _writer.Line(SetUniforms("uniforms", "0", "0"));
            if (!HasUniformsMethod)
                Host(Extent.Everything);
            foreach (ReductionSpec total in Totals(Extent.Everything))
                _writer.Line($"double {Total(total)} = {Start(total)};");
            if (HasLines && HasProgram)
                _writer.Line($"nint[] lines = {Lines};");
            using (_writer.Block("for (int tensor = 0; tensor < _segments.Length; tensor++)"))
                Segment();
            foreach (ReductionSpec total in Totals(Extent.Everything))
                _writer.Line($"{Field(total)} = {Total(total)}{(total.Kind == ReductionKind.Mean ? " / " + _text.UpdatedCount : "")};");
        }

        if (HasUniformsMethod)
            WriteUniforms();
    }

    /// <summary>Fields that the pass needs.</summary>
    public void Declare()
    {
        if (HasProgram)
            _writer.Line($"private {Name}Program? {Identifier.Field(Name)};");
        foreach (string power in _host.PowerFields)
            _writer.Line($"private StepPower {power};");
        if (HasLines && HasProgram)
            _writer.Line($"private readonly nint[] {Lines};");
        foreach (LineMembers line in _lines)
            line.Declare();
    }

    /// <summary>Whether the field of the last power is used.</summary>
    public bool UsesLastPower => _host.UsesLastPower;

    /// <summary>Statements of the constructor.</summary>
    public void Construct()
    {
        foreach (LineMembers line in _lines)
            line.Construct();
        if (!HasLines || !HasProgram)
            return;
        string[] addresses =
        [
            .. _pass.LineValues(Extent.Column).Select(AddressOfLine),
            .. _pass.ColumnTerms(_optimizer).Select(_ => "0"),
            .. _pass.LineValues(Extent.Row).Select(AddressOfLine),
        ];
        _writer.Line($"{Lines} = [{string.Join(", ", addresses)}];");
    }

    /// <summary>Where the values are of which a tensor's rows or columns get one each, if they are in the same place for all tensors.</summary>
    private string AddressOfLine(int passed) => _pass.Sources.Any(source => source.Passed == passed) ? "0" : LineMembers.FieldOf(_pass, passed) + ".Address";

    private bool RoundsStochastically => _pass.Outputs.Any(output => output.Kind == PassOutputKind.State && _optimizer.States[output.Index].Format == StateFormat.StochasticBFloat16);

    private static string Total(ReductionSpec reduction) => Identifier.Camel(reduction.Name).TrimStart('@') + "Total";

    private static string Start(ReductionSpec reduction) => reduction.Kind == ReductionKind.Max ? "double.NegativeInfinity" : "0";

    private string Summary()
    {
        string[] written =
        [
            .. _pass.Terms(_optimizer).Select(reduction => $"{Kind(reduction.Kind)} {Identifier.Camel(reduction.Name)} over {Over(reduction.Over)}"),
            .. _pass.Outputs.Where(output => output.Kind == PassOutputKind.Parameter).Select(_ => "the new parameters"),
            .. _pass.Outputs.Where(output => output.Kind == PassOutputKind.State).Select(output => "state " + _optimizer.States[output.Index].Name),
            .. _pass.HostOutputs.Concat(_pass.Lines.SelectMany(line => line.Outputs)).Where(output => output.Kind == PassOutputKind.State)
                .Select(output => $"state {_optimizer.States[output.Index].Name} of {Over(_optimizer.States[output.Index].Over)}"),
        ];
        return "One pass over the parameters: " + string.Join(", ", written) + ".";
    }

    private static string Kind(ReductionKind kind) => kind switch { ReductionKind.Mean => "the mean", ReductionKind.Max => "the largest", ReductionKind.Whole => "terms of", _ => "the sum" };

    private static string Over(Extent over) => over switch
    {
        Extent.Everything => "all parameters",
        Extent.Tensor => "each tensor",
        Extent.Row => "each row",
        Extent.Element => "whole tensors",
        _ => "each column",
    };

    private void Segment()
    {
        _writer.Line("Segment segment = _segments[tensor];");
        if (HasUniformsMethod && UniformsVary)
            _writer.Line(SetUniforms("uniforms", "tensor", "segment.Group"));
        if (!HasUniformsMethod)
        {
            Host(Extent.Tensor);
            HostStates();
        }

        foreach (ReductionSpec total in Totals(Extent.Tensor))
            _writer.Line($"double {Total(total)} = {Start(total)};");
        foreach (LineMembers line in _lines)
        {
            line.Run();
            foreach ((ReductionSpec reduction, string value) in line.Totals())
                AddTotal(reduction, value);
        }

        if (HasProgram)
            RunProgram();

        foreach (ReductionSpec whole in Wholes)
        {
            string call = $"{whole.Method}({OptimizerText.StateField(_optimizer.States[whole.Buffer])}.Span.Slice(segment.Offset, segment.Length), segment.Rows, segment.Columns{string.Concat(whole.Arguments.Select(Argument))}{(whole.Stream < 0 ? "" : $", new TensorRandom(Seed, _stepCount, segment.Offset, {ClassFile.Text(whole.Stream)})")});";
            if (whole.When < 0)
            {
                _writer.Line(call);
                continue;
            }

            _writer.Line($"if (({_text.Value(new UpdateInput(UpdateInputKind.Hyper, whole.When), "segment.Group")}) != 0)");
            _writer.Indent();
            _writer.Line(call);
            _writer.Unindent();
        }

        foreach (ReductionSpec total in Totals(Extent.Tensor))
            _writer.Line($"{Field(total)}[tensor] = {Total(total)}{(total.Kind == ReductionKind.Mean ? " / segment.Length" : "")};");
    }

    private void RunProgram()
    {
        int slot = _pass.LineValues(Extent.Column).Count();
        foreach (int term in _pass.ColumnTerms(_optimizer))
            _writer.Line($"lines[{ClassFile.Text(slot++)}] = {LineMembers.AddressOf(_text, new UpdateInput(UpdateInputKind.Reduced, _pass.Outputs[term].Index), Extent.Column)};");
        foreach (PassedSource source in _pass.Sources)
            _writer.Line($"lines[{ClassFile.Text(_pass.SlotOf(_optimizer, source.Passed))}] = {LineMembers.AddressOf(_text, source.Source, _pass.ExtentOf(source.Passed))};");
        string blocks = _text.TouchesBlocks(_pass) ? ", _blocks.Code(tensor, 0), _blocks.Block(tensor, 0)" : "";
        _writer.Line($"program.Bind(_parameterAddresses[tensor], _gradientAddresses[tensor], _stateAddresses, segment.Offset{blocks}{(HasLines ? ", lines" : "")});");
        if (_pass.IsRandom)
            _writer.Line("program.SetRandom(Seed, ((long)_stepCount << 32) + segment.Offset);");
        _writer.Line(_byRows ? "program.Run(segment.Rows, segment.Columns);" : "program.Run(segment.Length);");
        foreach (int term in Terms.Where(term => Reduction(term).Over != Extent.Column))
        {
            string reduced = $"program.{(Reduction(term).Kind == ReductionKind.Max ? "Max" : "Sum")}{ClassFile.Text(term)}";
            if (Reduction(term).Over == Extent.Row)
                _writer.Line($"{reduced}({Field(Reduction(term))}.Span.Slice(segment.FirstRow, segment.Rows));");
            else
                AddTotal(Reduction(term), reduced);
        }
    }

    private string Argument(WholeArgument argument) => ", " + (argument.Input is not { } input ? ClassFile.Number(argument.Constant, "double")
        : argument.IsPairs ? $"{OptimizerText.StateField(_optimizer.States[input.Index])}.Of(tensor)"
        : _text.Value(input, "segment.Group"));

    private void AddTotal(ReductionSpec reduction, string value) => _writer.Line(reduction.Kind == ReductionKind.Max
        ? $"{Total(reduction)} = Math.Max({Total(reduction)}, {value});"
        : $"{Total(reduction)} += {value};");

    /// <summary>What the host knows at an extent, and the uniforms among it.</summary>
    private void Host(Extent extent)
    {
        _host.Declare(_writer, extent, "segment.Group");
        int output = 0;
        Uniforms("uniforms", _pass.UniformValues.Count());
        Uniforms("rowUniforms", _pass.Rows?.UniformNames.Count ?? 0);
        Uniforms("columnUniforms", _pass.Columns?.UniformNames.Count ?? 0);

        void Uniforms(string span, int count)
        {
            for (int number = 0; number < count; number++, output++)
            {
                if (_host.ExtentOf(output) == extent)
                    _writer.Line($"{span}[{ClassFile.Text(number)}] = {_text.Cast}{_host.Output(output)};");
            }
        }
    }

    private void HostStates()
    {
        int first = _pass.Host.Function.Outputs.Count - _pass.HostOutputs.Count;
        for (int k = 0; k < _pass.HostOutputs.Count; k++)
            _writer.Line($"{_text.State(_pass.HostOutputs[k].Index)} = {_text.Cast}{_host.Output(first + k)};");
    }

    private void WriteUniforms()
    {
        _writer.Blank();
        string same = UniformsVary ? "each parameter of a tensor" : "every element";
        _writer.Line($"/// <summary>What of the pass is the same for {same}, in double precision, once per step.</summary>");
        _writer.OptimizedAtOnce();
        using CodeWriter.Scope body = _writer.Block($"private void Set{Name}Uniforms(Span<{_text.Element}> uniforms{(UniformsVary ? ", int tensor, int group" : "")})");
        _host.Declare(_writer, Extent.Everything);
        _host.Declare(_writer, Extent.Tensor, "group");
        for (int number = 0; number < _pass.PassedCount; number++)
            _writer.Line($"uniforms[{ClassFile.Text(number)}] = {_text.Cast}{_host.Output(number)};");
    }
}
