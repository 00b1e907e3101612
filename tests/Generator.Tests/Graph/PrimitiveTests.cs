using System.Reflection;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;
using OptGen.Kernels;

namespace OptGen.Generator.Tests.Graph;

/// <summary>Each primitive by itself: it is well formed, the interpreter gives numbers worked out by hand, its derivative is the slope, and the CPU code does the same at every width.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class PrimitiveTests
{
    private const int Batch = 2;

    private static readonly BufferRef s_input = new(BufferKind.Input), s_labels = new(BufferKind.Input, 1), s_scale = new(BufferKind.Parameter), s_parameter = new(BufferKind.Parameter, 1);

    // Two rows of three numbers, each times a parameter that is 1; a parameter of three rows of two, and a row of that for each row.
    private static readonly double[] s_x = [1, -2, 3, 0.5, 2, -1], s_w = [1, 2, -1, 0.5, 3, -2], s_rows = [2, 0];

    private static readonly Dictionary<Type, Func<Nodes, int>> s_build = new()
    {
        [typeof(SourceOp)] = nodes => nodes.X,
        [typeof(IotaOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.X, nodes.Graph.Iota(Shape.Of(3), 0)),
        [typeof(MapOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.X, nodes.X),
        [typeof(ReduceOp)] = nodes => nodes.Graph.Reduce(ReduceKind.Max, nodes.X, [1]),
        [typeof(ContractOp)] = nodes => nodes.Graph.MatMul(nodes.X, nodes.W),
        [typeof(ReshapeOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.Graph.Reshape(nodes.W, Shape.Of(2, 3)), nodes.Graph.Iota(Shape.Of(3), 0)),
        [typeof(TransposeOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.Graph.Transpose(nodes.W, [1, 0]), nodes.Graph.Iota(Shape.Of(3), 0)),
        [typeof(SliceOp)] = nodes => nodes.Graph.Slice(nodes.W, [0, 1], [2, 1], Shape.Of(2, 1)),
        [typeof(PadOp)] = nodes => nodes.Graph.Pad(nodes.W, [1, 0], [1, 2], Shape.Of(5, 3)),
        [typeof(ViewOp)] = nodes => nodes.Graph.View(
            nodes.X, [AffineIndex.Of(0), new AffineIndex([new AffineTerm(1, 1), new AffineTerm(2, 1)], -1)], Shape.OfBatch(Batch, 3, 2), outside: 7),
        [typeof(GatherOp)] = nodes => nodes.Graph.Gather(nodes.W, nodes.Rows),
        [typeof(ScatterOp)] = nodes => nodes.Graph.Scatter(nodes.X, nodes.Rows, Shape.Of(3, 3)),
        [typeof(RandomOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.X, nodes.Graph.Random(Shape.OfBatch(Batch, 3), 5)),
        [typeof(StopGradientOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.W, nodes.Graph.StopGradient(nodes.Graph.Iota(Shape.Of(2), 0))),
        [typeof(ScanOp)] = RunningSum,
    };

    private static readonly Dictionary<Type, double[]> s_expected = new()
    {
        [typeof(SourceOp)] = s_x,
        [typeof(IotaOp)] = [0, -2, 6, 0, 2, -2],
        [typeof(MapOp)] = [1, 4, 9, 0.25, 4, 1],
        [typeof(ReduceOp)] = [3, 2],
        [typeof(ContractOp)] = [1 + 2 + 9, 2 - 1 - 6, 0.5 - 2 - 3, 1 + 1 + 2],
        [typeof(ReshapeOp)] = [0, 2, -2, 0, 3, -4],
        [typeof(TransposeOp)] = [0, -1, 6, 0, 0.5, -4],
        [typeof(SliceOp)] = [2, -2],
        [typeof(PadOp)] = [0, 0, 0, 1, 0, 2, -1, 0, 0.5, 3, 0, -2, 0, 0, 0],
        [typeof(ViewOp)] = [7, 1, 1, -2, -2, 3, 7, 0.5, 0.5, 2, 2, -1],
        [typeof(GatherOp)] = [3, -2, 1, 2],
        [typeof(ScatterOp)] = [0.5, 2, -1, 0, 0, 0, 1, -2, 3],
        [typeof(RandomOp)] = [.. s_x.Select((x, i) => x * StepRandom.Uniform(0, 5, i))],
        [typeof(StopGradientOp)] = [0, 2, 0, 0.5, 0, -2],
        [typeof(ScanOp)] = [1, -1, 2, 0.5, 2.5, 1.5],
    };

    public static TheoryData<string> Primitives =>
        [.. typeof(GraphOp).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(GraphOp)) && !type.IsAbstract).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Primitives))]
    public void A_primitive_is_what_it_says_with_its_derivative_at_every_width(string name)
    {
        Assert.True(s_build.Keys.Any(type => type.Name == name), $"{name} has no case.");
        Type type = s_build.Keys.Single(type => type.Name == name);
        Nodes nodes = new();
        int result = s_build[type](nodes);
        GraphBuilder graph = nodes.Graph;
        TensorGraph plain = graph.Build();
        GraphVerifier.Verify(plain);
        Assert.Contains(plain.Nodes, node => node.Op.GetType() == type);
        Dictionary<BufferRef, double[]> content = new() { [s_input] = [.. s_x], [s_labels] = s_rows, [s_scale] = [1, 1, 1], [s_parameter] = [.. s_w] };
        BackendTests.Same(s_expected[type], new GraphInterpreter(Batch).Values(plain, content)[result], 1e-14, "interpreted");

        ScalarBuilder scalar = new();
        int squashed = graph.Map(scalar.Build(1, scalar.Apply(ScalarOp.Tanh, scalar.Apply(ScalarOp.Multiply, scalar.Constant(0.3), scalar.Input(0)))), [result]);
        int Sum(int node) => graph.Reshape(graph.Reduce(ReduceKind.Sum, node, [.. Enumerable.Range(0, graph[node].Shape.Rank)]), Shape.Scalar);
        int loss = graph.Map(ScalarOp.Add, Sum(squashed), graph.Map(ScalarOp.Add, Sum(nodes.Scale), Sum(nodes.W)));
        foreach (int rows in new[] { 1, Batch })
            FiniteDifferences.Check(new GraphBuilder(graph.Build()), loss, [nodes.Input, nodes.Scale, nodes.W], content, Batch, rows, $"{name}, {rows} rows");

        int[] gradients = ReverseMode.Gradients(graph, loss, [nodes.Scale, nodes.W]);
        graph.ClearOutputs();
        graph.Output(loss, new BufferRef(BufferKind.Loss));
        for (int i = 0; i < gradients.Length; i++)
            graph.Output(gradients[i], new BufferRef(BufferKind.Gradient, i));
        GradientProgram program = new("Of" + name, ModelPrograms.Finish(graph.Build()), Batch, "double");
        Assembly assembly = BackendTests.Compile([program]);
        foreach (int rows in new[] { 1, Batch })
        {
            double[] expected = program.RunOracle(content, rows);
            VectorWidths.Each(width => BackendTests.Same(expected, program.RunCpu(assembly, content, rows), 1e-13, $"{rows} rows, {width} bits"));
        }
    }

    /// <summary>The sum of a row's numbers up to each of them.</summary>
    private static int RunningSum(Nodes nodes)
    {
        GraphBuilder body = new();
        int before = body.Source(new BufferRef(BufferKind.Carry), Shape.OfBatch(Batch), "before"), next = body.Source(new BufferRef(BufferKind.Sequence), Shape.OfBatch(Batch), "next");
        int sum = body.Map(ScalarOp.Add, before, next, "sum");
        body.Output(sum, new BufferRef(BufferKind.Next));
        return nodes.Graph.Scan(new ScanLoop(body.Build(), 3, 1, 1, false), [nodes.Graph.Broadcast(nodes.Graph.Fill(0, Shape.Scalar), Shape.OfBatch(Batch)), nodes.X], sum, "sums");
    }

    private sealed class Nodes
    {
        public Nodes()
        {
            Input = Graph.Source(s_input, Shape.OfBatch(Batch, 3), "x");
            Scale = Graph.Source(s_scale, Shape.Of(3), "scale");
            X = Graph.Map(ScalarOp.Multiply, Input, Scale);
            Rows = Graph.Source(s_labels, Shape.OfBatch(Batch), "rows");
            W = Graph.Source(s_parameter, Shape.Of(3, 2), "w");
        }

        public GraphBuilder Graph { get; } = new();

        public int Input { get; }

        public int Scale { get; }

        public int X { get; }

        public int Rows { get; }

        public int W { get; }
    }
}
