using System.Reflection;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Backends;
using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Library;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Golden;

/// <summary>
/// A model as a function of everything that it has: its result, its loss Σ y·u, and the gradients of that for the input and every parameter; interpreted, or
/// printed by the CPU back end. Everything but inputs counts as a parameter here, results as its gradients, so that both lie in flat memory.
/// </summary>
internal sealed class GoldenProgram
{
    private readonly ModelSpec _spec;
    private readonly TensorGraph _graph;
    private readonly List<int> _offsets = [0];
    private readonly List<(string Name, Shape Shape)> _results = [];
    private readonly List<Shape> _predictions = [];

    public GoldenProgram(string name, ModelSpec spec, bool isTraining = true)
    {
        (Name, _spec) = (name, spec);
        TensorGraph graph = isTraining ? spec.Graph : spec.Inference ?? spec.Graph;
        int inputs = spec.Inputs.Count;
        GraphBuilder builder = new(graph);
        builder.ClearOutputs();
        List<int> results = [];
        int loss;
        if (graph.Outputs.Where(output => output.Target.Kind == BufferKind.Loss).ToArray() is [GraphOutput own])
        {
            loss = own.Node;
        }
        else
        {
            loss = -1;
            foreach (GraphOutput output in graph.Outputs.Where(output => output.Target.Kind == BufferKind.Prediction))
            {
                int upstream = builder.Source(new BufferRef(BufferKind.Input, inputs + output.Target.Index), builder[output.Node].Shape, "upstream" + output.Target.Index);
                int product = builder.Map(ScalarOp.Multiply, output.Node, upstream);
                int sum = builder.Reshape(builder.Reduce(ReduceKind.Sum, product, [.. Enumerable.Range(0, builder[product].Shape.Rank)]), Shape.Scalar);
                loss = loss < 0 ? sum : builder.Map(ScalarOp.Add, loss, sum);
            }
        }

        builder.Output(loss, new BufferRef(BufferKind.Loss));
        int[] sources = [.. spec.Parameters.Select((parameter, p) => builder.Source(new BufferRef(BufferKind.Parameter, p), parameter.Shape, parameter.Name)),
            .. spec.Inputs.Select((input, i) => (input, i)).Where(pair => pair.input.Classes == 0).Select(pair => builder.Source(new BufferRef(BufferKind.Input, pair.i), pair.input.Shape, pair.input.Name))];
        string[] names = [.. spec.Parameters.Select(parameter => parameter.Name), .. spec.Inputs.Where(input => input.Classes == 0).Select(input => input.Name)];
        int[] gradients = ReverseMode.Gradients(builder, loss, sources);
        for (int i = 0; i < gradients.Length; i++)
            Result(names[i] + "'", gradients[i]);
        foreach (GraphOutput output in graph.Outputs.Where(output => output.Target.Kind == BufferKind.Kept))
            Result(spec.Buffers[output.Target.Index].Name, output.Node);
        foreach (GraphOutput output in graph.Outputs.Where(output => output.Target.Kind == BufferKind.Prediction))
        {
            builder.Output(output.Node, output.Target);
            _predictions.Add(builder[output.Node].Shape);
        }

        // Statistics are read where results end.
        foreach (ModelBufferSpec statistic in spec.Buffers)
            _offsets.Add(_offsets[^1] + statistic.Shape.Count);
        TensorGraph moved = builder.Build();
        _graph = ModelPrograms.Finish(moved with
        {
            Nodes = [.. moved.Nodes.Select(node => node.Op is SourceOp { Buffer: { Kind: BufferKind.Kept } buffer } ? node with { Op = new SourceOp(new BufferRef(BufferKind.Parameter, _results.Count + buffer.Index)) } : node)],
        });

        void Result(string what, int node)
        {
            builder.Output(node, new BufferRef(BufferKind.Gradient, _results.Count));
            _results.Add((what, builder[node].Shape));
            _offsets.Add(_offsets[^1] + builder[node].Shape.Count);
        }
    }

    public string Name { get; }

    public TensorGraph Graph => _graph;

    /// <summary>What the results behind the loss are: gradients <c>Kernel'</c>, statistics after the step, predictions <c>y0</c>.</summary>
    public IReadOnlyList<string> ResultNames => [.. _results.Select(result => result.Name), .. _predictions.Select((_, i) => $"y{i}")];

    /// <summary>
    /// The source of a class <c>Name + precision</c>, whose <c>Loss</c> runs the program and whose <c>Run</c> gives all results. It is short, since it is compiled for every model
    /// of a table.
    /// </summary>
    public string Source(string element)
    {
        BufferRef[] inputs = [.. _graph.Nodes.Select(node => node.Op).OfType<SourceOp>().Select(source => source.Buffer).Where(buffer => buffer.Kind == BufferKind.Input).Distinct()];
        string[] names = [.. Enumerable.Range(0, inputs.Select(input => input.Index).DefaultIfEmpty(-1).Max() + 1).Select(i => "input" + i)];
        Program program = Planner.Plan(
            Fuse.Run(_graph),
            new ProgramOptions("Gradient", "Loss and gradients.", element, _spec.Batch, ["inverseRows"], [.. _offsets], [.. names], [.. _predictions.Select((_, i) => "y" + i)], [], false));
        CodeWriter writer = new();
        using (writer.Block($"public sealed class {Name}_{element}"))
        {
            writer.Lines($$"""
                private readonly AlignedBuffer<{{element}}> _p = new({{_offsets[^1]}}), _g = new({{_offsets[^1]}});
                private readonly GradientProgram _program;
                public {{Name}}_{{element}}() => _program = new(_p.Address, _g.Address, []);
                private static void Copy(double[] from, Span<{{element}}> to) { for (int i = 0; i < to.Length; i++) to[i] = ({{element}})from[i]; }
                private static int Copy(Span<{{element}}> from, double[] to, int at) { foreach ({{element}} value in from) to[at++] = value; return at; }
                """);
            using (writer.Block("public double Loss(double[][] inputs, double[] parameters, int rows, uint key)"))
            {
                writer.Line("Copy(parameters, _p.Span);");
                if (_graph.Nodes.Any(node => node.Op is RandomOp))
                    writer.Line("_program.RandomKey = key;");
                foreach (BufferRef input in inputs)
                    writer.Line($"Copy(inputs[{input.Index}], _program.StageInput{input.Index}(rows));");
                writer.Lines("""
                    _program.Run(rows);
                    GC.KeepAlive(this); // The program knows addresses only.
                    return _program.Loss;
                    """);
            }

            using (writer.Block("public double[] Run(double[][] inputs, double[] parameters, int rows, uint key)"))
            {
                string predictions = string.Concat(_predictions.Select((_, i) => $" + _program.OutputY{i}(rows).Length"));
                writer.Line("_g.Span.Clear();");
                writer.Line("double loss = Loss(inputs, parameters, rows, key);");
                writer.Line($"double[] results = new double[1 + _g.Length{predictions}];");
                writer.Line("results[0] = loss;");
                writer.Line("int at = Copy(_g.Span, results, 1);");
                for (int i = 0; i < _predictions.Count; i++)
                    writer.Line($"at = Copy(_program.OutputY{i}(rows), results, at);");
                writer.Line("return results;");
            }

            CpuBackend.Emit(writer, new CpuText(program));
        }

        return writer.ToString();
    }

    /// <summary>The loss, then every result, from printed code.</summary>
    public double[][] Run(Assembly assembly, string element, double[][] inputs, double[][] parameters, double[][] statistics, int rows, uint key = 0)
    {
        double[] memory = Memory(parameters, statistics);
        double[] all = Printed<Func<double[][], double[], int, uint, double[]>>(assembly, element, "Run")(inputs, memory, rows, key);
        List<double[]> results = [[all[0]], .. _results.Select((result, i) => all.AsSpan(1 + _offsets[i], Live(result.Shape, rows)).ToArray())];
        int next = 1 + memory.Length;
        foreach (Shape prediction in _predictions)
        {
            results.Add(all.AsSpan(next, Live(prediction, rows)).ToArray());
            next += results[^1].Length;
        }

        return [.. results];
    }

    /// <summary>
    /// The slope of the printed code's loss along every element of each parameter, then of the live rows of each input that is no label: by four losses around it, which is
    /// exact for polynomials of the fourth degree. Null for inputs that are not to be moved.
    /// </summary>
    public double[]?[] Differences(Assembly assembly, double[][] inputs, double[][] parameters, double[][] statistics, bool[] isMoved, int rows, uint key)
    {
        double[] memory = Memory(parameters, statistics);
        double[][] moved = [.. inputs.Select(input => (double[])input.Clone())];
        Func<double[][], double[], int, uint, double> printed = Printed<Func<double[][], double[], int, uint, double>>(assembly, "double", "Loss");
        double Loss() => printed(moved, memory, rows, key);
        double[] Slopes(double[] values, int from, int count)
        {
            double[] slopes = new double[count];
            for (int i = 0; i < count; i++)
                slopes[i] = Numbers.Slope(ref values[from + i], Loss);
            return slopes;
        }

        return
        [
            .. _spec.Parameters.Select((parameter, p) => Slopes(memory, _offsets[p], parameter.Shape.Count)),
            .. Enumerable.Range(0, _spec.Inputs.Count).Where(i => _spec.Inputs[i].Classes == 0).Select(i => isMoved[i] ? Slopes(moved[i], 0, Live(_spec.Inputs[i].Shape, rows)) : null),
        ];
    }

    /// <summary>The same from the interpreter.</summary>
    public double[][] Interpret(double[][] inputs, double[][] parameters, double[][] statistics, int rows, uint key = 0)
    {
        Dictionary<BufferRef, double[]> content = [];
        for (int i = 0; i < inputs.Length; i++)
            content[new BufferRef(BufferKind.Input, i)] = inputs[i];
        for (int p = 0; p < parameters.Length; p++)
            content[new BufferRef(BufferKind.Parameter, p)] = parameters[p];
        for (int s = 0; s < statistics.Length; s++)
            content[new BufferRef(BufferKind.Parameter, _results.Count + s)] = statistics[s];
        Dictionary<BufferRef, double[]> results = new GraphInterpreter(_spec.Batch, rows) { RandomKey = key }.Run(_graph, content);
        return [results[new BufferRef(BufferKind.Loss)], .. _results.Select((_, i) => results[new BufferRef(BufferKind.Gradient, i)]), .. _predictions.Select((_, i) => results[new BufferRef(BufferKind.Prediction, i)])];
    }

    /// <summary>Parameters and statistics as they lie in memory.</summary>
    private double[] Memory(double[][] parameters, double[][] statistics)
    {
        double[] memory = new double[_offsets[^1]];
        for (int p = 0; p < parameters.Length; p++)
            parameters[p].CopyTo(memory, _offsets[p]);
        for (int s = 0; s < statistics.Length; s++)
            statistics[s].CopyTo(memory, _offsets[_results.Count + s]);
        return memory;
    }

    private TDelegate Printed<TDelegate>(Assembly assembly, string element, string method)
        where TDelegate : Delegate
    {
        Type type = assembly.GetType($"{Name}_{element}", throwOnError: true)!;
        return type.GetMethod(method)!.CreateDelegate<TDelegate>(Activator.CreateInstance(type));
    }

    private int Live(Shape shape, int rows) => shape.Batched ? shape.Count / _spec.Batch * rows : shape.Count;
}
