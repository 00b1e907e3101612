using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the method that runs one pass of an update over all segments.</summary>
internal sealed class PassMembers(ClassFile file, OptimizerText text, UpdatePass pass)
{
    private static readonly string[] s_reserved = ["program", "uniforms", "columns", "tensor", "segment", "row", "column", "begin", "length", "group", "values"];

    private readonly CodeWriter _writer = file.Writer;
    private readonly OptimizerSpec _optimizer = text.Optimizer;
    private readonly HostText _host = new(text, pass.Host, pass.PassedNames, Identifier.Field(pass.Name), [.. s_reserved, .. ColumnSpans(text, pass)]);
    private readonly int[] _columnValues = [.. pass.ColumnValues];
    private readonly bool _byRows = pass.GoesByRows(text.Optimizer) || (text.BlocksByRow && text.TouchesBlocks(pass));

    private bool HasProgram => pass.Outputs.Count > 0;

    /// <summary>Whether the program reduces runs to single numbers.</summary>
    private bool HasPartials => ProgramTerms.Any(term => Reduction(term).Over != Extent.Column);

    private string Name => pass.Name;

    /// <summary>Whether the uniforms have a method of their own.</summary>
    private bool HasUniformsMethod => HasProgram && !_byRows && !pass.HasHostOutputs && pass.PassedCount > 0;

    private bool UniformsVary => _host.Has(Extent.Tensor);

    /// <summary>Terms by the number of their output; those of the host are counted on after the program's.</summary>
    private IEnumerable<int> Terms => Enumerable.Range(0, pass.Outputs.Count + pass.HostOutputs.Count)
        .Where(output => Meaning(output).Kind == PassOutputKind.Term && Reduction(output).Kind != ReductionKind.Whole);

    /// <summary>What code of the host does to whole tensors after the pass.</summary>
    private IEnumerable<ReductionSpec> Wholes => pass.Terms(_optimizer).Where(reduction => reduction.Kind == ReductionKind.Whole);

    /// <summary>The terms that the program adds up.</summary>
    private IEnumerable<int> ProgramTerms => Terms.Where(term => term < pass.Outputs.Count);

    private PassOutput Meaning(int output) => output < pass.Outputs.Count ? pass.Outputs[output] : pass.HostOutputs[output - pass.Outputs.Count];

    private ReductionSpec Reduction(int output) => _optimizer.Reductions[Meaning(output).Index];

    private string Field(int output) => text.ReducedField(Meaning(output).Index);

    /// <summary>The call that fills a program's uniforms for a group.</summary>
    public string SetUniforms(string uniforms, string tensor, string group) =>
        $"Set{Name}Uniforms({uniforms}{(UniformsVary ? $", {tensor}, {group}" : "")});";

    public void Write()
    {
        _writer.Blank();
        _writer.Line($"/// <summary>{Summary()}</summary>");
        using (_writer.Block($"private void {Name}()"))
        {
            if (HasProgram)
                _writer.Line($"{Name}Program program = {Identifier.Field(Name)} ??= new {Name}Program({(HasPartials ? "Segment.Longest(_segments)" : "")});");
            if (pass.Outputs.Any(output => output.Kind == PassOutputKind.State && _optimizer.States[output.Index].Format == StateFormat.StochasticBFloat16))
                _writer.Line("program.SetStep(_stepCount + 1);");
            if (pass.UniformValues.Any())
                _writer.Line($"Span<{text.Element}> uniforms = program.Uniforms.Slice(1);");
            if (HasUniformsMethod && !UniformsVary)
                _writer.Line(SetUniforms("uniforms", "0", "0"));
            if (!HasUniformsMethod)
                Host(Extent.Everything);
            foreach (int term in Terms.Where(term => Reduction(term).Over == Extent.Everything))
                _writer.Line($"double {Total(term)} = {Start(term)};");
            foreach (int term in Terms.Where(term => Reduction(term).Over == Extent.Column))
                _writer.Line($"{Field(term)}.Span.{(Reduction(term).Kind == ReductionKind.Max ? $"Fill({text.Element}.NegativeInfinity)" : "Clear()")};");
            if (_columnValues.Length + Terms.Count(term => Reduction(term).Over == Extent.Column) > 0)
                _writer.Line($"nint[] columns = {Columns};");
            using (_writer.Block("for (int tensor = 0; tensor < _segments.Length; tensor++)"))
                Segment();
            foreach (int term in Terms.Where(term => Reduction(term).Over == Extent.Everything))
                _writer.Line($"{Field(term)} = {Total(term)}{(Reduction(term).Kind == ReductionKind.Mean ? " / " + text.UpdatedCount : "")};");
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
        for (int k = 0; k < _columnValues.Length; k++)
            _writer.Line($"private readonly AlignedBuffer<{text.Element}> {ColumnField(k)};");
        if (_columnValues.Length + Terms.Count(term => Reduction(term).Over == Extent.Column) > 0)
            _writer.Line($"private readonly nint[] {Columns};");
    }

    /// <summary>Statements of the constructor.</summary>
    public void Construct()
    {
        for (int k = 0; k < _columnValues.Length; k++)
            _writer.Line($"{ColumnField(k)} = new(MostColumns(_segments));");
        string[] addresses =
        [
            .. Enumerable.Range(0, _columnValues.Length).Select(k => ColumnField(k) + ".Address"),
            .. Terms.Where(term => Reduction(term).Over == Extent.Column).Select(_ => "0"),
        ];
        if (addresses.Length > 0)
            _writer.Line($"{Columns} = [{string.Join(", ", addresses)}];");
    }

    public bool NeedsMostColumns => _columnValues.Length > 0;

    private string Columns => Identifier.Field(Name) + "Columns";

    private string ColumnField(int k) => ColumnField(pass, k);

    /// <summary>The names of the local spans over numbers of columns.</summary>
    private static IEnumerable<string> ColumnSpans(OptimizerText text, UpdatePass pass) =>
        text.ColumnFields(pass).Select(column => column.Field).Concat(pass.ColumnValues.Select((_, k) => ColumnField(pass, k))).Select(OptimizerText.OfColumns);

    private static string ColumnField(UpdatePass pass, int k) => $"{Identifier.Field(pass.Name)}Column{ClassFile.Text(k)}";

    private string Total(int term) => Identifier.Camel(Reduction(term).Name).TrimStart('@') + "Total";

    private string Start(int term) => Reduction(term).Kind == ReductionKind.Max ? "double.NegativeInfinity" : "0";

    private string Summary()
    {
        string[] written =
        [
            .. pass.Terms(_optimizer).Select(reduction => $"{Kind(reduction.Kind)} {Identifier.Camel(reduction.Name)} over {Over(reduction.Over)}"),
            .. pass.Outputs.Where(output => output.Kind == PassOutputKind.Parameter).Select(_ => "the new parameters"),
            .. pass.Outputs.Where(output => output.Kind == PassOutputKind.State).Select(output => "state " + _optimizer.States[output.Index].Name),
            .. pass.HostOutputs.Where(output => output.Kind == PassOutputKind.State)
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
            HostStates(Extent.Tensor);
        }

        if (_byRows)
        {
            ColumnLoop();
            foreach (int term in Terms.Where(term => Reduction(term).Over == Extent.Tensor))
                _writer.Line($"double {Total(term)} = {Start(term)};");
            RowLoop();
        }
        else if (HasProgram)
        {
            foreach (int term in Terms.Where(term => Reduction(term).Over == Extent.Tensor))
                _writer.Line($"double {Total(term)} = {Start(term)};");
            Bind("", columns: false);
            _writer.Line("program.Run(segment.Length);");
            foreach (int term in ProgramTerms)
                AddTotal(term);
        }

        foreach (ReductionSpec whole in Wholes)
        {
            string call = $"{whole.Method}({OptimizerText.StateField(_optimizer.States[whole.Buffer])}.Span.Slice(segment.Offset, segment.Length), segment.Rows, segment.Columns);";
            if (whole.When < 0)
            {
                _writer.Line(call);
                continue;
            }

            _writer.Line($"if (({text.Value(new UpdateInput(UpdateInputKind.Hyper, whole.When), "segment.Group")}) != 0)");
            _writer.Indent();
            _writer.Line(call);
            _writer.Unindent();
        }

        foreach (int term in Terms.Where(term => Reduction(term).Over == Extent.Tensor))
            _writer.Line($"{Field(term)}[tensor] = {Total(term)}{(Reduction(term).Kind == ReductionKind.Mean ? " / segment.Length" : "")};");
    }

    private void ColumnLoop()
    {
        int slot = _columnValues.Length;
        foreach (int term in Terms.Where(term => Reduction(term).Over == Extent.Column))
            _writer.Line($"columns[{ClassFile.Text(slot++)}] = {Field(term)}.Address + segment.FirstColumn * sizeof({text.Element});");
        if (!_host.Has(Extent.Column) && !HostStatesOf(Extent.Column).Any())
            return;
        foreach ((string field, string type) in text.ColumnFields(pass))
            _writer.Line($"Span<{type}> {OptimizerText.OfColumns(field)} = {field}.Span.Slice(segment.FirstColumn, segment.Columns);");
        for (int k = 0; k < _columnValues.Length; k++)
            _writer.Line($"Span<{text.Element}> {OptimizerText.OfColumns(ColumnField(k))} = {ColumnField(k)}.Span.Slice(0, segment.Columns);");
        using CodeWriter.Scope loop = _writer.Block("for (int column = 0; column < segment.Columns; column++)");
        Host(Extent.Column);
        for (int k = 0; k < _columnValues.Length; k++)
            _writer.Line($"{OptimizerText.OfColumns(ColumnField(k))}[column] = {text.Cast}{_host.Output(_columnValues[k])};");
        HostStates(Extent.Column);
    }

    private void RowLoop()
    {
        using CodeWriter.Scope loop = _writer.Block("for (int row = 0; row < segment.Rows; row++)");
        Host(Extent.Row);
        HostStates(Extent.Row);
        for (int k = 0; k < pass.HostOutputs.Count; k++)
        {
            int term = pass.Outputs.Count + k;
            if (Meaning(term).Kind != PassOutputKind.Term)
                continue;
            string value = _host.Output(pass.PassedCount + k);
            _writer.Line(Reduction(term).Kind == ReductionKind.Max
                ? $"{Total(term)} = Math.Max({Total(term)}, {value});"
                : $"{Total(term)} += {value} * segment.Columns;");
        }

        if (!HasProgram)
            return;
        _writer.Line("int begin = row * segment.Columns;");
        Bind("begin", columns: _columnValues.Length > 0 || Terms.Any(term => Reduction(term).Over == Extent.Column));
        _writer.Line("program.Run(segment.Columns);");
        foreach (int term in ProgramTerms)
        {
            if (Reduction(term).Over == Extent.Row)
                _writer.Line($"{Field(term)}[segment.FirstRow + row] = {Reduced(term)}{(Reduction(term).Kind == ReductionKind.Mean ? " / segment.Columns" : "")};");
            else if (Reduction(term).Over != Extent.Column)
                AddTotal(term);
        }
    }

    private void AddTotal(int term) => _writer.Line(Reduction(term).Kind == ReductionKind.Max
        ? $"{Total(term)} = Math.Max({Total(term)}, {Reduced(term)});"
        : $"{Total(term)} += {Reduced(term)};");

    /// <summary>What the last run of the program gave.</summary>
    private string Reduced(int term) => $"program.{(Reduction(term).Kind == ReductionKind.Max ? "Max" : "Sum")}{ClassFile.Text(term)}";

    private void Bind(string begin, bool columns)
    {
        string bytes = begin.Length == 0 ? "" : $" + {begin} * sizeof({text.Element})", elements = begin.Length == 0 ? "" : " + " + begin;
        string element = begin.Length == 0 ? "0" : begin;
        string blocks = text.TouchesBlocks(pass) ? $", _blocks.Code(tensor, {element}), _blocks.Block(tensor, {element})" : "";
        _writer.Line($"program.Bind(_parameterAddresses[tensor]{bytes}, _gradientAddresses[tensor]{bytes}, _stateAddresses, segment.Offset{elements}{blocks}{(columns ? ", columns" : "")});");
        if (pass.IsRandom)
            _writer.Line($"program.RandomKey = StepRandom.Key(Seed, ((long)_stepCount << 32) + segment.Offset{elements});");
    }

    /// <summary>What the host knows at an extent, and the uniforms among it.</summary>
    private void Host(Extent extent)
    {
        _host.Declare(_writer, extent, "segment.Group");
        int number = 0;
        foreach (int passed in pass.UniformValues)
        {
            if (_host.ExtentOf(passed) == extent)
                _writer.Line($"uniforms[{ClassFile.Text(number)}] = {text.Cast}{_host.Output(passed)};");
            number++;
        }
    }

    private void HostStates(Extent extent)
    {
        foreach (int k in HostStatesOf(extent))
            _writer.Line($"{text.State(pass.HostOutputs[k].Index)} = {text.Cast}{_host.Output(pass.PassedCount + k)};");
    }

    private IEnumerable<int> HostStatesOf(Extent extent) => Enumerable.Range(0, pass.HostOutputs.Count)
        .Where(k => pass.HostOutputs[k].Kind == PassOutputKind.State && _optimizer.States[pass.HostOutputs[k].Index].Over == extent);

    private void WriteUniforms()
    {
        _writer.Blank();
        string same = UniformsVary ? "each parameter of a tensor" : "every element";
        _writer.Line($"/// <summary>What of the pass is the same for {same}, in double precision, once per step.</summary>");
        using CodeWriter.Scope body = _writer.Block($"private void Set{Name}Uniforms(Span<{text.Element}> uniforms{(UniformsVary ? ", int tensor, int group" : "")})");
        _host.Declare(_writer, Extent.Everything);
        _host.Declare(_writer, Extent.Tensor, "group");
        int number = 0;
        foreach (int passed in pass.UniformValues)
            _writer.Line($"uniforms[{ClassFile.Text(number++)}] = {text.Cast}{_host.Output(passed)};");
    }
}
