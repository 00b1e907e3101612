using OptGen.Generator.Backends;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the gradient of the loss.</summary>
internal static class BackwardFile
{
    public static SourceFile Write(ModelSpec model)
    {
        CallSurface calls = new(model);
        Program program = ProgramCompiler.Gradient(model);
        ClassFile file = new(model.Class, "Backward", "the gradient of the loss.", program);
        CodeWriter writer = file.Writer;

        writer.Line("private GradientProgram? _gradient;");
        file.Document(
            "Computes the loss of a batch and its gradient, which replaces the content of <see cref=\"Gradients\"/>; parameters stay as they are.",
            [.. calls.Documentation(calls.InputsAndTargets), ("returns", "The loss."), ("exception ArgumentException", "The lengths don't match, or there are more rows than <see cref=\"Batch\"/>.")]);
        using (writer.Block($"public {model.Element} Gradient({calls.Parameters(calls.InputsAndTargets)})"))
        {
            calls.CheckBatch(writer, calls.InputsAndTargets, "Batch");
            writer.Line("GradientProgram program = _gradient ??= new GradientProgram(_parameters.Address, _gradients.Address, []);");
            calls.Stage(writer, program, calls.InputsAndTargets);
            BufferMembers.SetKey(writer, program, "");
            writer.Line("program.Run(rows);");
            writer.Line("GC.KeepAlive(this); // The program knows addresses only.");
            writer.Line("return program.Loss;");
        }

        file.Declare(program);
        return file.Finish();
    }
}
