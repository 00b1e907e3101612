using OptGen.Generator.Backends;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes prediction for any number of rows, and the loss without gradients.</summary>
internal static class ForwardFile
{
    public static SourceFile Write(ModelSpec model)
    {
        CallSurface calls = new(model);
        Program forward = ProgramCompiler.Forward(model);
        Program? evaluate = model.HasLoss ? ProgramCompiler.Evaluate(model) : null;
        ClassFile file = new(model.Class, "Forward", "prediction and loss.", evaluate is null ? [forward] : [forward, evaluate]);

        file.Writer.Line("private ForwardProgram? _forward;");
        if (evaluate is not null)
            file.Writer.Line("private EvaluateProgram? _evaluate;");
        WritePredict(file, model, calls, forward);
        if (evaluate is not null)
            WriteEvaluate(file, model, calls, evaluate);
        file.Declare(forward);
        if (evaluate is not null)
            file.Declare(evaluate);
        return file.Finish();
    }

    private static void WritePredict(ClassFile file, ModelSpec model, CallSurface calls, Program program)
    {
        CodeWriter writer = file.Writer;
        InputSpec first = calls.Inputs[0];
        string outputs = string.Join(", ", model.Outputs.Select(output => $"Span<{model.Element}> {Output(model, output)}"));
        file.Document(
            "Computes the outputs of any number of rows.",
            [
                .. calls.Documentation(calls.Inputs),
                .. model.Outputs.Select(output => (Output(model, output), $"Takes {ClassFile.Text(calls.RowSize(output.Shape))} numbers for each row.")),
                ("exception ArgumentException", "The lengths don't match."),
            ]);
        using CodeWriter.Scope method = writer.Block($"public void Predict({calls.Parameters(calls.Inputs)}, {outputs})");
        writer.Line($"int rows = InputCheck.Rows({calls.Variable(first)}.Length, {calls.Size(first)}, nameof({calls.Variable(first)}));");
        calls.CheckOthers(writer, calls.Inputs);
        foreach (OutputSpec output in model.Outputs)
            writer.Line($"InputCheck.Capacity({Output(model, output)}.Length, {ClassFile.Text(calls.RowSize(output.Shape))}, rows, nameof({Output(model, output)}));");
        writer.Line("ForwardProgram program = _forward ??= new ForwardProgram(_parameters.Address, _gradients.Address, []);");
        using (writer.Block("for (int first = 0; first < rows; first += Batch)"))
        {
            writer.Line("int count = Math.Min(Batch, rows - first);");
            foreach (InputSpec input in calls.Inputs)
                calls.Stage(writer, program, input, $"{calls.Variable(input)}.Slice({Times("first", calls.RowSize(input.Shape))}, {Times("count", calls.RowSize(input.Shape))})", "count");
            BufferMembers.SetKey(writer, program, "");
            writer.Line("program.Run(count);");
            foreach (OutputSpec output in model.Outputs)
                writer.Line($"program.Output{Identifier.Pascal(output.Name)}(count).CopyTo({Output(model, output)}.Slice({Times("first", calls.RowSize(output.Shape))}));");
        }

        writer.Blank();
        writer.Line("GC.KeepAlive(this); // The program knows addresses only.");
    }

    private static void WriteEvaluate(ClassFile file, ModelSpec model, CallSurface calls, Program program)
    {
        CodeWriter writer = file.Writer;
        file.Document(
            "Computes the loss of a batch; parameters and gradients stay as they are.",
            [.. calls.Documentation(calls.InputsAndTargets), ("returns", "The loss."), ("exception ArgumentException", "The lengths don't match, or there are more rows than <see cref=\"Batch\"/>.")]);
        using CodeWriter.Scope method = writer.Block($"public {model.Element} Evaluate({calls.Parameters(calls.InputsAndTargets)})");
        calls.CheckBatch(writer, calls.InputsAndTargets, "Batch");
        writer.Line("EvaluateProgram program = _evaluate ??= new EvaluateProgram(_parameters.Address, _gradients.Address, []);");
        calls.Stage(writer, program, calls.InputsAndTargets);
        BufferMembers.SetKey(writer, program, "");
        writer.Line("program.Run(rows);");
        writer.Line("GC.KeepAlive(this); // The program knows addresses only.");
        writer.Line("return program.Loss;");
    }

    /// <summary>The parameter that takes an output; its name must differ from those of the inputs.</summary>
    private static string Output(ModelSpec model, OutputSpec output)
    {
        string name = Identifier.Camel(output.Name);
        return name is "program" or "rows" or "first" or "count" || model.Inputs.Any(input => Identifier.Camel(input.Name) == name) ? name + "Output" : name;
    }

    private static string Times(string rows, int size) => size == 1 ? rows : $"{rows} * {ClassFile.Text(size)}";
}
