using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Graph;

/// <summary>A primitive by itself: a graph in which it does something to small tensors.</summary>
internal sealed class PrimitiveCase
{
    public const int Batch = 2;

    private static readonly BufferRef s_input = new(BufferKind.Input), s_labels = new(BufferKind.Input, 1), s_scale = new(BufferKind.Parameter), s_parameter = new(BufferKind.Parameter, 1);

    // Two rows of three numbers, each times a parameter that is 1; a parameter of three rows of two, and a row of that for each row.
    private static readonly double[] s_x = [1, -2, 3, 0.5, 2, -1], s_w = [1, 2, -1, 0.5, 3, -2], s_rows = [2, 0];

    private static readonly Dictionary<Type, Func<PrimitiveCase, int>> s_build = new()
    {
        [typeof(SourceOp)] = nodes => nodes.X,
        [typeof(IotaOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.X, nodes.Graph.Iota(Shape.Of(3), 0)),
        [typeof(MapOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.X, nodes.X),
        [typeof(ReduceOp)] = nodes => nodes.Graph.Reduce(ReduceKind.Max, nodes.X, [1]),
        [typeof(ContractOp)] = nodes => nodes.Graph.MatMul(nodes.X, nodes.W),
        [typeof(ReshapeOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.Graph.Reshape(nodes.W, Shape.Of(2, 3)), nodes.Graph.Iota(Shape.Of(3), 0)),
        [typeof(TransposeOp)] = nodes => nodes.Graph.Map(
            ScalarOp.Multiply, nodes.Graph.Transpose(nodes.Graph.Reshape(nodes.W, Shape.Of(3, 2, 1)), [1, 2, 0]), nodes.Graph.Iota(Shape.Of(3), 0)),
        [typeof(SliceOp)] = nodes => nodes.Graph.Slice(nodes.W, [0, 1], [2, 1], Shape.Of(2, 1)),
        [typeof(PadOp)] = nodes => nodes.Graph.Pad(nodes.W, [1, 0], [1, 2], Shape.Of(5, 3)),
        [typeof(ConcatOp)] = nodes => nodes.Graph.Concat([nodes.X, nodes.Graph.Map(ScalarOp.Multiply, nodes.X, nodes.X), nodes.Graph.Slice(nodes.X, [0, 2], [1, 1], Shape.OfBatch(Batch, 1))], 1),
        [typeof(ViewOp)] = nodes => nodes.Graph.View(
            nodes.X, [AffineIndex.Of(0), new AffineIndex([new AffineTerm(1, 1), new AffineTerm(2, 1)], -1)], Shape.OfBatch(Batch, 3, 2), outside: 7),
        [typeof(GatherOp)] = nodes => nodes.Graph.Gather(nodes.W, nodes.Rows),
        [typeof(ScatterOp)] = nodes => nodes.Graph.Scatter(nodes.X, nodes.Rows, Shape.Of(3, 3)),
        [typeof(RandomOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.X, nodes.Graph.Random(Shape.OfBatch(Batch, 3), 5)),
        [typeof(StopGradientOp)] = nodes => nodes.Graph.Map(ScalarOp.Multiply, nodes.W, nodes.Graph.StopGradient(nodes.Graph.Iota(Shape.Of(2), 0))),
        [typeof(ScanOp)] = RunningSum,
    };

    private PrimitiveCase(Type primitive)
    {
        Primitive = primitive;
        Input = Graph.Source(s_input, Shape.OfBatch(Batch, 3), "x");
        Scale = Graph.Source(s_scale, Shape.Of(3), "scale");
        X = Graph.Map(ScalarOp.Multiply, Input, Scale);
        Rows = Graph.Source(s_labels, Shape.OfBatch(Batch), "rows");
        W = Graph.Source(s_parameter, Shape.Of(3, 2), "w");
        Result = s_build[primitive](this);
    }

    /// <summary>All that there are.</summary>
    public static IEnumerable<Type> Primitives => typeof(GraphOp).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(GraphOp)) && !type.IsAbstract);

    /// <summary>The numbers of the input.</summary>
    public static IReadOnlyList<double> Numbers => s_x;

    public Type Primitive { get; }

    public GraphBuilder Graph { get; } = new();

    public int Input { get; }

    public int Scale { get; }

    /// <summary>The input times the scale, which is 1.</summary>
    public int X { get; }

    public int Rows { get; }

    public int W { get; }

    /// <summary>What the primitive gives.</summary>
    public int Result { get; }

    public static PrimitiveCase Of(string name)
    {
        Assert.True(s_build.Keys.Any(type => type.Name == name), $"{name} has no case.");
        return new(s_build.Keys.Single(type => type.Name == name));
    }

    public Dictionary<BufferRef, double[]> Content() => new() { [s_input] = [.. s_x], [s_labels] = s_rows, [s_scale] = [1, 1, 1], [s_parameter] = [.. s_w] };

    /// <summary>A sum to which every element of the result counts, in a way that is not linear, and every parameter.</summary>
    public int Loss()
    {
        ScalarBuilder scalar = new();
        int squashed = Graph.Map(scalar.Build(1, scalar.Apply(ScalarOp.Tanh, scalar.Apply(ScalarOp.Multiply, scalar.Constant(0.3), scalar.Input(0)))), [Result]);
        int Sum(int node) => Graph.Reshape(Graph.Reduce(ReduceKind.Sum, node, [.. Enumerable.Range(0, Graph[node].Shape.Rank)]), Shape.Scalar);
        return Graph.Map(ScalarOp.Add, Sum(squashed), Graph.Map(ScalarOp.Add, Sum(Scale), Sum(W)));
    }

    /// <summary>The sum of a row's numbers up to each of them.</summary>
    private static int RunningSum(PrimitiveCase nodes)
    {
        GraphBuilder body = new();
        int before = body.Source(new BufferRef(BufferKind.Carry), Shape.OfBatch(Batch), "before"), next = body.Source(new BufferRef(BufferKind.Sequence), Shape.OfBatch(Batch), "next");
        int sum = body.Map(ScalarOp.Add, before, next, "sum");
        body.Output(sum, new BufferRef(BufferKind.Next));
        return nodes.Graph.Scan(new ScanLoop(body.Build(), 3, 1, 1, false), [nodes.Graph.Broadcast(nodes.Graph.Fill(0, Shape.Scalar), Shape.OfBatch(Batch)), nodes.X], sum, "sums");
    }
}
