using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>Builds a <see cref="TensorGraph"/>; shapes are inferred here and nowhere else, and equal nodes are shared.</summary>
internal sealed class GraphBuilder
{
    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<(GraphOp Op, EquatableArray<int> Inputs, Shape Shape, int Again), int> _numbers = [];
    private readonly List<GraphOutput> _outputs = [];

    public GraphBuilder()
    {
    }

    /// <summary>Goes on from an existing graph, outputs included; its node numbers stay valid.</summary>
    public GraphBuilder(TensorGraph graph)
    {
        foreach (GraphNode node in graph.Nodes)
        {
            _numbers[(node.Op, node.Inputs, node.Shape, node.Again)] = _nodes.Count;
            _nodes.Add(node);
        }

        _outputs.AddRange(graph.Outputs);
    }

    public GraphNode this[int node] => _nodes[node];

    public int Count => _nodes.Count;

    public IReadOnlyList<GraphOutput> Outputs => _outputs;

    public int Source(BufferRef buffer, Shape shape, string name) => Add(new SourceOp(buffer), [], shape, name);

    public int Uniform(int index, string name) => Source(new BufferRef(BufferKind.Uniform, index), Shape.Scalar, name);

    public int Iota(Shape shape, int axis) => Add(new IotaOp(axis), [], shape, "index");

    public int Fill(double value, Shape shape)
    {
        ScalarBuilder scalar = new();
        return Add(new MapOp(scalar.Build(0, scalar.Constant(value))), [], shape, "constant");
    }

    /// <summary>Applies a function of one output to broadcast inputs.</summary>
    public int Map(ScalarFunction body, int[] inputs, string name = "")
    {
        Shape shape = Shape.Scalar;
        foreach (int input in inputs)
            shape = ShapeRules.Broadcast(shape, _nodes[input].Shape) ?? throw new InvalidOperationException($"shapes {shape} and {_nodes[input].Shape} do not broadcast");
        return Map(body, inputs, shape, name);
    }

    /// <summary>Applies a function of one output to inputs that broadcast to the given shape. Single constants become part of the function.</summary>
    public int Map(ScalarFunction body, int[] inputs, Shape shape, string name)
    {
        if (inputs.Any(input => ConstantOf(input) is not null))
        {
            ScalarBuilder scalar = new();
            int[] arguments = inputs.Select((input, i) => ConstantOf(input) is double value ? scalar.Constant(value) : scalar.Input(i)).ToArray();
            body = Compose.DropUnread(scalar.Build(inputs.Length, scalar.Inline(body, arguments)), out int[] kept);
            inputs = kept.Select(argument => inputs[argument]).ToArray();
        }

        return Compose.IsIdentity(body) && _nodes[inputs[0]].Shape == shape ? inputs[0] : Add(new MapOp(body), inputs.ToEquatableArray(), shape, name);
    }

    /// <summary>The tensor repeated to the given shape.</summary>
    public int Broadcast(int input, Shape shape, string name = "") => Map(Compose.Identity, [input], shape, name);

    /// <summary>The number with which a node fills its tensor, or null.</summary>
    public double? ConstantOf(int node) =>
        _nodes[node].Op is MapOp { Body: { InputCount: 0 } body } && body.Nodes[body.Outputs[0]] is { Op: ScalarOp.Constant } constant ? constant.Value : null;

    public int Map(ScalarOp op, int a, string name = "") => Map(ShapeRules.Body(op), [a], name);

    public int Map(ScalarOp op, int a, int b, string name = "") => Map(ShapeRules.Body(op), [a, b], name);

    public int Reduce(ReduceKind kind, int input, int[] axes, string name = "")
    {
        Shape from = _nodes[input].Shape;
        int[] sorted = axes.Distinct().OrderBy(axis => axis).ToArray();
        Shape shape = new(from.Dims.Select((dim, axis) => sorted.Contains(axis) ? 1 : dim).ToEquatableArray(), from.Batched && !sorted.Contains(0));
        return sorted.Length == 0 ? input : Add(new ReduceOp(kind, sorted.ToEquatableArray()), [input], shape, name);
    }

    public int Contract(ContractOp op, int left, int right, string name = "")
    {
        Shape shape = new(op.Loops.Take(op.OutputRank).Select(loop => loop.Extent).ToEquatableArray(), op.OutputRank > 0 && op.Loops[0].Batched);
        return Add(op, [left, right], shape, name);
    }

    /// <summary>left [.., m, k] · right [k, n].</summary>
    public int MatMul(int left, int right, string name = "")
    {
        Shape a = _nodes[left].Shape, b = _nodes[right].Shape;
        int rank = a.Rank;
        List<LoopIndex> loops = [];
        for (int axis = 0; axis < rank - 1; axis++)
            loops.Add(new LoopIndex(a[axis], axis == 0 && a.Batched));
        loops.Add(new LoopIndex(b[1], false));
        loops.Add(new LoopIndex(b[0], false));
        ContractOp op = new(
            loops.ToEquatableArray(),
            rank,
            Enumerable.Range(0, rank - 1).Append(rank).Select(AffineIndex.Of).ToEquatableArray(),
            [AffineIndex.Of(rank), AffineIndex.Of(rank - 1)]);
        return Contract(op, left, right, name);
    }

    public int Reshape(int input, Shape shape, string name = "") =>
        _nodes[input].Shape == shape ? input
        : ConstantOf(input) is double value ? Fill(value, shape)
        : Add(new ReshapeOp(), [input], shape, name);

    public int Transpose(int input, int[] permutation, string name = "")
    {
        Shape from = _nodes[input].Shape;
        Shape shape = new(permutation.Select(axis => from[axis]).ToEquatableArray(), from.Batched && permutation[0] == 0);
        return Add(new TransposeOp(permutation.ToEquatableArray()), [input], shape, name);
    }

    /// <summary>Elements start, start + step, … along each axis. A slice of a slice is one slice.</summary>
    public int Slice(int input, int[] starts, int[] steps, Shape shape, string name = "")
    {
        if (_nodes[input].Op is SliceOp inner)
        {
            starts = [.. starts.Select((start, axis) => inner.Starts[axis] + (inner.Steps[axis] * start))];
            steps = [.. steps.Select((step, axis) => inner.Steps[axis] * step)];
            return Slice(_nodes[input].Inputs[0], starts, steps, shape, name);
        }

        bool whole = shape == _nodes[input].Shape && starts.All(start => start == 0);
        return whole ? input : Add(new SliceOp(starts.ToEquatableArray(), steps.ToEquatableArray()), [input], shape, name);
    }

    /// <summary>The input at start, start + step, … along each axis among zeros. A tensor padded twice is padded once.</summary>
    public int Pad(int input, int[] starts, int[] steps, Shape shape, string name = "")
    {
        if (_nodes[input].Op is PadOp inner)
        {
            int[] from = starts, by = steps;
            starts = [.. from.Select((start, axis) => start + (by[axis] * inner.Starts[axis]))];
            steps = [.. by.Select((step, axis) => step * inner.Steps[axis])];
            return Pad(_nodes[input].Inputs[0], starts, steps, shape, name);
        }

        bool whole = shape == _nodes[input].Shape && starts.All(start => start == 0);
        return whole ? input : Add(new PadOp(starts.ToEquatableArray(), steps.ToEquatableArray()), [input], shape, name);
    }

    /// <summary>Tensors of shapes that differ along the axis only, one after the other.</summary>
    public int Concat(int[] parts, int axis, string name = "")
    {
        Shape first = _nodes[parts[0]].Shape;
        int total = parts.Sum(part => _nodes[part].Shape[axis]);
        Shape shape = first with { Dims = first.Dims.Select((size, i) => i == axis ? total : size).ToEquatableArray() };
        return parts.Length == 1 ? parts[0] : Add(new ConcatOp(axis), parts.ToEquatableArray(), shape, name);
    }

    /// <summary>The element at each point of <paramref name="shape"/> is the input's at <paramref name="index"/>.</summary>
    public int View(int input, EquatableArray<AffineIndex> index, Shape shape, double outside = 0, string name = "")
    {
        bool same = shape == _nodes[input].Shape && index.Select((position, axis) => position.AsLoop == axis).All(plain => plain);
        return same ? input : Add(new ViewOp(index, outside), [input], shape, name);
    }

    /// <summary>Rows of <paramref name="table"/> by their numbers.</summary>
    public int Gather(int table, int rows, string name = "")
    {
        Shape from = _nodes[table].Shape, numbers = _nodes[rows].Shape;
        return Add(new GatherOp(), [table, rows], new Shape(numbers.Dims.Concat(from.Dims.Skip(1)).ToEquatableArray(), numbers.Batched), name);
    }

    /// <summary>A table of <paramref name="shape"/> with <paramref name="values"/> added to its rows of the given numbers.</summary>
    public int Scatter(int values, int rows, Shape shape, string name = "") => Add(new ScatterOp(), [values, rows], shape, name);

    public int Random(Shape shape, int stream, string name = "random") => Add(new RandomOp(stream), [], shape, name);

    public int StopGradient(int input, string name = "") => Add(new StopGradientOp(), [input], _nodes[input].Shape, name);

    /// <summary>What the steps of a loop make of a node of its body.</summary>
    public int Scan(ScanLoop loop, EquatableArray<int> inputs, int result, string name = "") =>
        Add(new ScanOp(loop, result), inputs, ScanLoop.Over(loop.Body.Nodes[result].Shape, loop.Steps), name);

    public int Add(GraphOp op, EquatableArray<int> inputs, Shape shape, string name) => Add(new GraphNode(op, inputs, shape, name));

    public int Add(GraphNode node)
    {
        if (!_numbers.TryGetValue((node.Op, node.Inputs, node.Shape, node.Again), out int number))
        {
            number = _nodes.Count;
            _nodes.Add(node);
            _numbers.Add((node.Op, node.Inputs, node.Shape, node.Again), number);
        }

        return number;
    }

    public void Output(int node, BufferRef target) => _outputs.Add(new GraphOutput(node, target));

    public void ClearOutputs() => _outputs.Clear();

    public TensorGraph Build() => new(_nodes.ToEquatableArray(), _outputs.ToEquatableArray());
}
