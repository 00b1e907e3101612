using OptGen.Generator.Backends;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>
/// What a caller passes to a model's methods: the parameters of the emitted methods, the checks of their lengths, and the copies into a program's staging areas.
/// </summary>
internal sealed class CallSurface(ModelSpec model)
{
    private static readonly string[] s_locals = ["program", "rows", "first", "count", "loss"];

    /// <summary>What the forward pass reads.</summary>
    public IReadOnlyList<InputSpec> Inputs { get; } = model.Inputs.Where(input => !input.IsTarget).ToArray();

    /// <summary>What the loss reads: inputs, then targets.</summary>
    public IReadOnlyList<InputSpec> InputsAndTargets { get; } = model.Inputs.OrderBy(input => input.IsTarget).ToArray();

    /// <summary>Elements of one row.</summary>
    public int RowSize(Shape shape) => shape.Count / model.Batch;

    public string Parameters(IEnumerable<InputSpec> inputs) =>
        string.Join(", ", inputs.Select(input => $"ReadOnlySpan<{(input.Classes > 0 ? "int" : model.Element)}> {Variable(input)}"));

    public string Arguments(IEnumerable<InputSpec> inputs) => string.Join(", ", inputs.Select(Variable));

    /// <summary>The documentation of the parameters.</summary>
    public IEnumerable<(string Tag, string Text)> Documentation(IEnumerable<InputSpec> inputs) => inputs.Select(input => (Variable(input), Describe(input)));

    /// <summary>Emits the number of rows of a batch, and the checks that every argument has it.</summary>
    public void CheckBatch(CodeWriter writer, IReadOnlyList<InputSpec> inputs, string batch)
    {
        InputSpec first = inputs[0];
        writer.Line($"int rows = InputCheck.BatchRows({Variable(first)}.Length, {Size(first)}, {batch}, nameof({Variable(first)}));");
        CheckOthers(writer, inputs);
    }

    /// <summary>Emits the checks that every argument but the first has as many rows as it.</summary>
    public void CheckOthers(CodeWriter writer, IReadOnlyList<InputSpec> inputs)
    {
        foreach (InputSpec input in inputs.Skip(1))
            writer.Line($"InputCheck.Length({Variable(input)}.Length, {Size(input)}, rows, nameof({Variable(input)}));");
    }

    /// <summary>Emits the copies of all arguments into the program's staging areas; labels are checked on the way.</summary>
    public void Stage(CodeWriter writer, Program program, IReadOnlyList<InputSpec> inputs)
    {
        foreach (InputSpec input in inputs)
            Stage(writer, program, input, Variable(input), "rows");
    }

    /// <summary>Emits the copy of one argument; nothing for an input that the program doesn't read.</summary>
    public void Stage(CodeWriter writer, Program program, InputSpec input, string source, string rows)
    {
        BufferRef buffer = new(BufferKind.Input, model.Inputs.Items.IndexOf(input));
        if (!program.Tensors.Any(tensor => tensor.External == buffer))
            return;
        string area = $"program.Stage{Identifier.Pascal(input.Name)}({rows})";
        writer.Line(input.Classes > 0
            ? $"InputCheck.Labels({source}, {ClassFile.Text(input.Classes)}, {area}, nameof({Variable(input)}));"
            : $"{source}.CopyTo({area});");
    }

    public string Size(InputSpec input) => ClassFile.Text(RowSize(input.Shape));

    /// <summary>The emitted parameter, which must not have the name of a local variable of the emitted methods.</summary>
    public string Variable(InputSpec input)
    {
        string name = Identifier.Camel(input.Name);
        return s_locals.Contains(name) ? name + "Values" : name;
    }

    private string Describe(InputSpec input)
    {
        string row = RowSize(input.Shape) == 1 ? "one" : ClassFile.Text(RowSize(input.Shape));
        return input.Classes > 0
            ? $"Class labels from 0 to {ClassFile.Text(input.Classes - 1)}, {row} for each row."
            : $"{(input.IsTarget ? "Targets" : "Inputs")}, {row} number{(row == "one" ? "" : "s")} for each row, row by row.";
    }
}
