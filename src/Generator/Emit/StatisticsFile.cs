using OptGen.Generator.Backends;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes what a model says of its layers' outputs, and the initialization that goes by it.</summary>
internal static class StatisticsFile
{
    public static SourceFile Write(ModelSpec model)
    {
        LayerUseSpec[] layers = model.LayerUses.Where(layer => layer.Output is { Batched: true }).ToArray();

        // A layer that gives what one inside it gave shares its output.
        int[] nodes = layers.Select(layer => layer.Node).Distinct().ToArray();
        ModelSpec measured = model with
        {
            Outputs = nodes.Select((node, i) => new OutputSpec("Layer" + ClassFile.Text(i + 1), model.Graph.Nodes[node].Shape)).ToEquatableArray(),
            Graph = model.Graph with { Outputs = nodes.Select((node, i) => new GraphOutput(node, new BufferRef(BufferKind.Prediction, i))).ToEquatableArray() },
        };
        Program program = ProgramCompiler.Statistics(measured);
        ClassFile file = new(model.Class, "Statistics", "what its layers give.", program);
        CallSurface calls = new(model);
        CodeWriter writer = file.Writer;
        writer.Line("private StatisticsProgram? _statistics;");

        (string, string) wrong = ("exception ArgumentException", "The lengths don't match, or there are more rows than <see cref=\"Batch\"/>.");
        file.Document("Measures what every layer gives for a batch, in the order of <see cref=\"Describe\"/>.", [.. calls.Documentation(calls.Inputs), wrong]);
        using (writer.Block($"public LayerStatistics[] Statistics({calls.Parameters(calls.Inputs)})"))
        {
            calls.CheckBatch(writer, calls.Inputs, "Batch");
            writer.Line("StatisticsProgram program = _statistics ??= new StatisticsProgram(_parameters.Address, _gradients.Address, []);");
            calls.Stage(writer, program, calls.Inputs);
            writer.Line("program.Run(rows);");
            writer.Line("LayerStatistics[] statistics =");
            writer.Line("[");
            writer.Indent();
            foreach (LayerUseSpec layer in layers)
                writer.Line($"LayerStatistics.Of<{model.Element}>(\"{layer.Path}\", program.OutputLayer{ClassFile.Text(Array.IndexOf(nodes, layer.Node) + 1)}(rows)),");
            writer.Unindent();
            writer.Line("];");
            writer.Line("GC.KeepAlive(this); // The program knows addresses only.");
            writer.Line("return statistics;");
        }

        file.Document(
            "Gives every layer orthonormal weights and scales them, layer by layer, until what it gives for a batch has variance 1; see <see cref=\"LayerSequentialUnitVariance\"/>.",
            [.. calls.Documentation(calls.Inputs), ("seed", "The same seed and data give the same weights."), wrong]);
        using (writer.Block($"public void InitializeLsuv({calls.Parameters(calls.Inputs)}, int seed = 0)"))
        {
            foreach (InputSpec input in calls.Inputs)
                writer.Line($"{(input.Classes > 0 ? "int" : model.Element)}[] {Copy(calls, input)} = {calls.Variable(input)}.ToArray();");
            writer.Line($"LayerSequentialUnitVariance.Apply(s_layout, Parameters, () => Statistics({string.Join(", ", calls.Inputs.Select(input => Copy(calls, input)))}), seed);");
        }

        file.Declare(program);
        return file.Finish();
    }

    private static string Copy(CallSurface calls, InputSpec input) => calls.Variable(input).TrimStart('@') + "Batch";
}
