using System.Reflection;
using System.Runtime.ExceptionServices;
using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;
using OptGen.Generator.Tests.Frontend;
using OptGen.Generator.Tests.Golden;

namespace OptGen.Generator.Tests.Library;

/// <summary>A case at a size: its model in double precision, read and compiled together with all others, and numbers to run it on.</summary>
internal sealed class LibraryProgram
{
    private const uint Key = 7;

    private static readonly Lazy<(ILookup<string, LibraryProgram> Programs, Assembly Assembly)> s_all = new(Build);

    private readonly GoldenProgram _program;
    private readonly HeldProgram? _held;
    private readonly bool[] _isMoved;
    private ExceptionDispatchInfo? _fault;

    private LibraryProgram(LibraryCase of, int size, ModelSpec spec)
    {
        (Case, Size, Spec) = (of, size, spec);
        _program = new GoldenProgram(ClassName(of, size), spec, of.IsTraining);
        _held = of.StopsGradient ? new HeldProgram(ClassName(of, size) + "Held", spec, of.IsTraining) : null;
        Random random = new(of.Name.Sum(letter => letter) + size);
        int outputs = spec.HasLoss ? 0 : spec.Outputs.Count;
        Inputs = [.. spec.Inputs.Select((input, i) => input.Classes > 0
                ? [.. Enumerable.Range(0, input.Shape.Count).Select(_ => (double)random.Next(input.Classes))]
                : Draw(of.Domains.ElementAtOrDefault(i), input.Shape, random, i)),
            .. spec.Outputs.Take(outputs).Select(output => Draw(Domain.Real, output.Shape, random))];
        _isMoved = [.. spec.Inputs.Select((input, i) => input.Classes == 0 && of.Domains.ElementAtOrDefault(i) is not (Domain.Sign or Domain.Switch))];
        Parameters = [.. spec.Parameters.Select(parameter => Draw(Domain.Real, parameter.Shape, random).Select(value => (0.5 * value) + (parameter.Kind == Specs.ParameterKind.Gain ? 1 : 0)).ToArray())];
        Statistics = [.. spec.Buffers.Select(buffer => buffer.Initial.Count == buffer.Shape.Count ? buffer.Initial.ToArray() : Draw(Domain.Positive, buffer.Shape, random))];
    }

    public LibraryCase Case { get; }

    public int Size { get; }

    public ModelSpec Spec { get; }

    /// <summary>One row, a part of the batch, and all of it.</summary>
    public int[] RowCounts => [.. new[] { 1, (Case.Batch + 1) / 2, Case.Batch }.Distinct()];

    /// <summary>What is behind the loss in results: gradients of parameters, then of inputs, statistics, predictions.</summary>
    public IReadOnlyList<string> ResultNames => _program.ResultNames;

    /// <summary>Inputs and targets, then what each prediction is weighed with where there is no loss.</summary>
    public double[][] Inputs { get; }

    public double[][] Parameters { get; }

    public double[][] Statistics { get; }

    public static IEnumerable<LibraryProgram> Of(string name)
    {
        foreach (LibraryProgram program in s_all.Value.Programs[name])
        {
            program._fault?.Throw();
            yield return program;
        }
    }

    /// <summary>The pass that the case is about.</summary>
    public TensorGraph Graph => Case.IsTraining ? Spec.Graph : Spec.Inference ?? Spec.Graph;

    /// <summary>The node of the loss, which is added as Σ y·u where the model has none, and those of the predictions.</summary>
    public int LossOf(GraphBuilder graph, out int[] predictions)
    {
        GraphOutput[] outputs = [.. Graph.Outputs.Where(output => output.Target.Kind == BufferKind.Prediction)];
        predictions = [.. outputs.Select(output => output.Node)];
        if (Spec.HasLoss)
            return Graph.Outputs.Single(output => output.Target.Kind == BufferKind.Loss).Node;
        int loss = -1;
        foreach (GraphOutput output in outputs)
        {
            int upstream = graph.Source(new BufferRef(BufferKind.Input, Spec.Inputs.Count + output.Target.Index), graph[output.Node].Shape, "upstream" + output.Target.Index);
            int product = graph.Map(ScalarOp.Multiply, output.Node, upstream);
            int sum = graph.Reshape(graph.Reduce(ReduceKind.Sum, product, [.. Enumerable.Range(0, graph[product].Shape.Rank)]), Shape.Scalar);
            loss = loss < 0 ? sum : graph.Map(ScalarOp.Add, loss, sum);
        }

        return loss;
    }

    /// <summary>The sources that derivatives are taken for: parameters and the inputs that are moved.</summary>
    public int[] Moved(GraphBuilder graph) =>
    [
        .. Spec.Parameters.Select((parameter, p) => graph.Source(new BufferRef(BufferKind.Parameter, p), parameter.Shape, parameter.Name)),
        .. Spec.Inputs.Select((input, i) => (input, i)).Where(pair => _isMoved[pair.i]).Select(pair => graph.Source(new BufferRef(BufferKind.Input, pair.i), pair.input.Shape, pair.input.Name)),
    ];

    /// <summary>The content of every source.</summary>
    public Dictionary<BufferRef, double[]> Content()
    {
        Dictionary<BufferRef, double[]> content = [];
        foreach ((BufferKind kind, double[][] all) in new[] { (BufferKind.Input, Inputs), (BufferKind.Parameter, Parameters), (BufferKind.Kept, Statistics) })
        {
            for (int i = 0; i < all.Length; i++)
                content[new BufferRef(kind, i)] = all[i];
        }

        return content;
    }

    /// <summary>The loss, then every result, from the interpreter.</summary>
    public double[][] Interpret(int rows) => _program.Interpret(Inputs, Parameters, Statistics, rows, Key);

    /// <summary>The same from compiled code.</summary>
    public double[][] Run(int rows) => _program.Run(s_all.Value.Assembly, "double", Inputs, Parameters, Statistics, rows, Key);

    /// <summary>The slope of the compiled loss along each element of parameters and inputs, by differences; null for an input that is not moved.</summary>
    public double[]?[] Differences(int rows) => _held is null
        ? _program.Differences(s_all.Value.Assembly, Inputs, Parameters, Statistics, _isMoved, rows, Key)
        : _held.Program.Differences(s_all.Value.Assembly, Inputs, Parameters, [.. Statistics, .. _held.Values(Inputs, Parameters, Statistics, rows, Key)], _isMoved, rows, Key);

    // A fault of the compiler is one of its case alone.
    private string Source()
    {
        try
        {
            return _program.Source("double") + _held?.Program.Source("double");
        }
        catch (InvalidOperationException fault)
        {
            _fault = ExceptionDispatchInfo.Capture(fault);
            return "";
        }
    }

    private static string ClassName(LibraryCase of, int size) => $"{of.Name}Of{size}";

    private static double[] Draw(Domain domain, Shape shape, Random random, int number = 0)
    {
        int count = shape.Count, last = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        if (domain is Domain.Sign or Domain.Switch)
            return [.. Enumerable.Range(0, count).Select(_ => (double)((random.Next(2) * (domain == Domain.Sign ? 2 : 1)) - (domain == Domain.Sign ? 1 : 0)))];

        // Distinct numbers, also those of several inputs, none of them at a kink: a difference must not step over one.
        double phase = 0.3 + (0.04 * (number % 5));
        double[] even = [.. Enumerable.Range(0, count).Select(i => (i + phase) / count)];
        random.Shuffle(even);
        double[] values = [.. even.Select(u => domain switch
        {
            Domain.Wide => (16 * u) - 8,
            Domain.Positive => (2 * u) + 0.2,
            Domain.Probability or Domain.Distribution or Domain.LogDistribution => (0.9 * u) + 0.05,
            _ => (3 * u) - 1.5,
        })];
        if (domain is not (Domain.Distribution or Domain.LogDistribution))
            return values;
        double[] shares = [.. values.Select((value, i) => value / values.Skip(i / last * last).Take(last).Sum())];
        return domain == Domain.Distribution ? shares : [.. shares.Select(share => Math.Log(share))];
    }

    private static (ILookup<string, LibraryProgram>, Assembly) Build()
    {
        (LibraryCase Case, int Size)[] all = [.. LibraryCases.All.SelectMany(each => each.Sizes.Select(size => (each, size)))];
        IReadOnlyDictionary<string, ModelSpec> specs = ModelSource.ReadAll(all.ToDictionary(
            each => ClassName(each.Case, each.Size),
            each => $"[Model(Batch = {each.Case.Batch}, Precision = Precision.Double)] public partial class {ClassName(each.Case, each.Size)} {{ {each.Case.Body(each.Size)} }}"));
        LibraryProgram[] programs = [.. all.AsParallel().AsOrdered().Select(each => new LibraryProgram(each.Case, each.Size, specs[ClassName(each.Case, each.Size)]))];
        string usings = string.Concat(CpuBackend.Usings.Where(name => name != "System").Select(name => $"using {name};\n"));
        string[] sources = [.. programs.AsParallel().AsOrdered().Select(program => usings + program.Source())];
        return (programs.ToLookup(program => program.Case.Name), Compiled.Load(sources));
    }
}
