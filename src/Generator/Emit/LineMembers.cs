using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes what a pass runs for the rows or the columns of a tensor ahead of its elements, and the numbers that these get from it.</summary>
internal sealed class LineMembers(CodeWriter writer, OptimizerText text, UpdatePass pass, LinePass line)
{
    private readonly string _program = pass.NameOf(line);
    private readonly string _lines = line.Unit + "Lines";
    private readonly int[] _passed = [.. line.Outputs.Where(output => output.Kind == PassOutputKind.Passed).Select(output => output.Index)];
    private readonly UpdateInput[] _reduced = [.. line.Inputs.Where(input => input.Kind == UpdateInputKind.Reduced)];

    private bool HasLines => _passed.Length + _reduced.Length > 0;

    private bool HasTerms => line.Outputs.Any(output => output.Kind == PassOutputKind.Term);

    private string Local => line.Unit + "s";

    /// <summary>The field that holds a passed value of rows or columns, of one tensor at a time.</summary>
    public static string FieldOf(UpdatePass pass, int passed) => Identifier.Field(pass.Name) + Identifier.Pascal(pass.PassedNames[passed]);

    /// <summary>The address of what is kept of the rows or the columns of a tensor: a state, or what was reduced.</summary>
    public static string AddressOf(OptimizerText text, UpdateInput kept, Extent over) =>
        $"{(kept.Kind == UpdateInputKind.State ? OptimizerText.StateField(text.Optimizer.States[kept.Index]) : text.ReducedField(kept.Index))}.Address + segment.First{over} * sizeof({text.Element})";

    /// <summary>Fields.</summary>
    public void Declare()
    {
        writer.Line($"private {_program}Program? {Identifier.Field(_program)};");
        foreach (int passed in _passed)
            writer.Line($"private readonly AlignedBuffer<{text.Element}> {FieldOf(pass, passed)};");
        if (HasLines)
            writer.Line($"private readonly nint[] {Identifier.Field(_program)}Lines;");
    }

    /// <summary>Statements of the constructor.</summary>
    public void Construct()
    {
        foreach (int passed in _passed)
            writer.Line($"{FieldOf(pass, passed)} = new(Segment.Most{line.Over}s(_segments));");
        if (HasLines)
            writer.Line($"{Identifier.Field(_program)}Lines = [{string.Join(", ", _reduced.Select(_ => "0").Concat(_passed.Select(passed => FieldOf(pass, passed) + ".Address")))}];");
    }

    /// <summary>Statements ahead of all tensors.</summary>
    public void Begin()
    {
        writer.Line($"{_program}Program {Local} = {Identifier.Field(_program)} ??= new {_program}Program({(HasTerms ? $"Segment.Most{line.Over}s(_segments)" : "")});");
        if (line.Outputs.Any(output => output.Kind == PassOutputKind.State && text.Optimizer.States[output.Index].Format == StateFormat.StochasticBFloat16))
            writer.Line($"{Local}.SetStep(_stepCount + 1);");
        if (line.UniformNames.Count > 0)
            writer.Line($"Span<{text.Element}> {line.Unit}Uniforms = {Local}.Uniforms.Slice(1);");
        if (HasLines)
            writer.Line($"nint[] {_lines} = {Identifier.Field(_program)}Lines;");
    }

    /// <summary>Runs the loop of a tensor.</summary>
    public void Run()
    {
        for (int k = 0; k < _reduced.Length; k++)
            writer.Line($"{_lines}[{ClassFile.Text(k)}] = {AddressOf(text, _reduced[k], line.Over)};");
        writer.Line($"{Local}.Bind(_stateAddresses, segment.First{line.Over}{(HasLines ? ", " + _lines : "")});");
        writer.Line($"{Local}.Run(segment.{line.Over}s);");
    }

    /// <summary>What the loop adds to totals: a number of a line counts once for each of its elements.</summary>
    public IEnumerable<(ReductionSpec Reduction, string Value)> Totals()
    {
        for (int k = 0; k < line.Outputs.Count; k++)
        {
            if (line.Outputs[k] is not { Kind: PassOutputKind.Term, Index: int index })
                continue;
            ReductionSpec reduction = text.Optimizer.Reductions[index];
            yield return (reduction, reduction.Kind == ReductionKind.Max ? $"{Local}.Max{ClassFile.Text(k)}" : $"{Local}.Sum{ClassFile.Text(k)} * segment.{(line.Over == Extent.Row ? "Columns" : "Rows")}");
        }
    }
}
