using System.Reflection;
using OptGen.Generator.Backends;
using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Backends;

/// <summary>A graph of loss and gradients, printed by both back ends, and run by reflection.</summary>
internal sealed class GradientProgram(string name, TensorGraph graph, int batch, string element)
{
    private readonly int[] _offsets = Offsets(graph);

    public Program Program { get; } = Planner.Plan(
        Fuse.Run(graph),
        new ProgramOptions("Gradient", "Loss and gradients.", element, batch, ["inverseRows"], Offsets(graph).ToEquatableArray(), ["x", "labels"], ["y"], [], false));

    public string Source()
    {
        CodeWriter writer = new();
        using (writer.Block($"public static class {name}"))
        {
            writer.Lines($$"""
                public static double[] Run({{element}}[][] inputs, {{element}}[] parameters, int rows)
                {
                    AlignedBuffer<{{element}}> p = new(parameters.Length), g = new(parameters.Length);
                    parameters.CopyTo(p.Span);
                    GradientProgram program = new(p.Address, g.Address, []);
                """);
            string[] inputs = ["x", "labels"];
            foreach (BufferRef buffer in Sources(BufferKind.Input))
                writer.Line($"    inputs[{buffer.Index}].CopyTo(program.Stage{UniqueNames.Pascal(inputs[buffer.Index])}(rows));");
            writer.Lines($$"""
                    program.Run(rows);
                    System.GC.KeepAlive(p); // The program knows addresses only.
                    return [(double)program.Loss, .. System.Linq.Enumerable.Select(g.Span.ToArray(), value => (double)value)];
                }
                """);
            CpuBackend.Emit(writer, new CpuText(Program));
        }

        return writer + ScalarLoopPrinter.Print(Program, name + "Loops");
    }

    /// <summary>The loss, then all gradients by the parameters' order, from the code of the CPU back end.</summary>
    public double[] RunCpu(Assembly assembly, IReadOnlyDictionary<BufferRef, double[]> content, int rows)
    {
        double[] parameters = [.. Parameters.SelectMany(buffer => content[buffer])];
        double[][] inputs = [.. Enumerable.Range(0, 2).Select(i => content.TryGetValue(new BufferRef(BufferKind.Input, i), out double[]? values) ? Live(values, rows) : [])];
        MethodInfo method = assembly.GetType(name)!.GetMethod("Run")!;
        object[] arguments = element == "double"
            ? [inputs, parameters, rows]
            : [inputs.Select(input => input.Select(value => (float)value).ToArray()).ToArray(), parameters.Select(value => (float)value).ToArray(), rows];
        return (double[])method.Invoke(null, arguments)!;
    }

    /// <summary>The same from the plain loops.</summary>
    public double[] RunLoops(Assembly assembly, IReadOnlyDictionary<BufferRef, double[]> content, int rows)
    {
        double[][] tensors = [.. Program.Tensors.Select(tensor => tensor.External is { Kind: BufferKind.Input or BufferKind.Parameter } buffer
            ? (double[])content[buffer].Clone()
            : new double[tensor.Shape.Count])];
        assembly.GetType(name + "Loops")!.GetMethod("Run")!.Invoke(null, [tensors, new[] { 1.0 / rows }, rows]);
        return Collect(target => tensors[Enumerable.Range(0, tensors.Length).First(i => Program.Tensors[i].External == target)]);
    }

    public double[] RunOracle(IReadOnlyDictionary<BufferRef, double[]> content, int rows)
    {
        Dictionary<BufferRef, double[]> outputs = new GraphInterpreter(batch, rows).Run(graph, content);
        return Collect(target => outputs[target]);
    }

    private double[] Live(double[] values, int rows) => values[..(values.Length / batch * rows)];

    private BufferRef[] Parameters => Sources(BufferKind.Parameter);

    private BufferRef[] Sources(BufferKind kind) =>
        [.. graph.Nodes.Select(node => node.Op).OfType<SourceOp>().Select(source => source.Buffer).Where(buffer => buffer.Kind == kind).OrderBy(buffer => buffer.Index)];

    private double[] Collect(Func<BufferRef, double[]> read)
    {
        double[] result = new double[1 + Parameters.Sum(buffer => Count(graph, buffer))];
        result[0] = read(new BufferRef(BufferKind.Loss))[0];
        foreach (GraphOutput output in graph.Outputs.Where(output => output.Target.Kind == BufferKind.Gradient))
            read(output.Target).CopyTo(result, 1 + _offsets[output.Target.Index]);
        return result;
    }

    private static int Count(TensorGraph graph, BufferRef buffer) => graph.Nodes.First(node => node.Op is SourceOp source && source.Buffer == buffer).Shape.Count;

    private static int[] Offsets(TensorGraph graph)
    {
        List<int> offsets = [];
        int total = 0;
        foreach (GraphNode node in graph.Nodes.Where(node => node.Op is SourceOp { Buffer.Kind: BufferKind.Parameter }).OrderBy(node => ((SourceOp)node.Op).Buffer.Index))
        {
            offsets.Add(total);
            total += node.Shape.Count;
        }

        return [.. offsets];
    }
}
