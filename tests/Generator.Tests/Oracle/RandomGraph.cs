using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>
/// A model composed at random of all primitives: inputs, parameters, a scalar loss as its output. The same seed gives the same graph.
/// </summary>
internal sealed class RandomGraph
{
    private readonly Random _random;
    private readonly List<int> _pool = [];
    private readonly List<Shape> _parameters = [];
    private readonly bool _joins;
    private int _scans;

    /// <param name="joins">Whether tensors are joined as well. A seed gives the graph that it gave before there was that, unless it is asked for.</param>
    public RandomGraph(int seed, bool joins = false)
    {
        _random = new Random(seed);
        _joins = joins;
        Batch = _random.Next(1, 5);
        Rows = _random.Next(1, Batch + 1);
        InputShape = Shape.OfBatch([Batch, .. Dims(_random.Next(1, 4))]);
        _pool.Add(Builder.Source(new BufferRef(BufferKind.Input), InputShape, "x"));
        for (int step = _random.Next(3, 9); step > 0; step--)
        {
            int node = Step(Pick());
            if (Builder[node].Shape.Count <= 400)
                _pool.Add(node);
        }

        Loss = Combine();
        Builder.Output(Loss, new BufferRef(BufferKind.Loss));
    }

    public GraphBuilder Builder { get; } = new();

    public int Batch { get; }

    public int Rows { get; }

    public Shape InputShape { get; }

    public IReadOnlyList<Shape> Parameters => _parameters;

    public int Loss { get; }

    /// <summary>The nodes that count towards the loss.</summary>
    public int[] Tensors => [.. _pool];

    /// <summary>Random content for the input and the parameters.</summary>
    public Dictionary<BufferRef, double[]> Content()
    {
        Dictionary<BufferRef, double[]> content = new() { [new BufferRef(BufferKind.Input)] = Numbers(InputShape.Count) };
        for (int p = 0; p < _parameters.Count; p++)
            content[new BufferRef(BufferKind.Parameter, p)] = Numbers(_parameters[p].Count);
        return content;
    }

    private int Step(int node)
    {
        Shape shape = Builder[node].Shape;
        return _random.Next(_joins ? 14 : 11) switch
        {
            > 10 when shape.Rank > ScanLoop.AxisOf(shape) => Join(node),
            0 or 1 => Builder.Map(Unary(), [node]),
            2 or 3 => Builder.Map(Binary(), Swap(node, BroadcastPartner(shape))),
            4 when shape.Rank > 0 => Builder.Reduce((ReduceKind)_random.Next(3), node, Axes(shape)),
            5 when shape.Rank > 1 => Builder.MatMul(node, Parameter(Shape.Of(shape[shape.Rank - 1], _random.Next(1, 4)))),
            6 when shape.Rank > 1 => Window(node),
            7 when shape.Rank > 0 => Movement(node),
            8 => Builder.Map(Binary(), [node, node]),
            9 when shape.Rank > ScanLoop.AxisOf(shape) => Recurrence(node),
            _ => Builder.Map(Binary(), Swap(node, Pick(other => ShapeRules.Broadcast(shape, other) is not null))),
        };
    }

    private int Combine()
    {
        // Everything in the pool counts, so that every parameter has a gradient.
        int loss = -1;
        foreach (int node in _pool)
        {
            Shape shape = Builder[node].Shape;
            int bounded = Builder.Map(Squash(), [node]);
            int sum = Builder.Reshape(Builder.Reduce(ReduceKind.Sum, bounded, [.. Enumerable.Range(0, shape.Rank)]), Shape.Scalar);
            if (shape.Batched)
                sum = Builder.Map(ScalarOp.Multiply, sum, Builder.Uniform(Uniforms.InverseRows, "inverseRows"));
            loss = loss < 0 ? sum : Builder.Map(ScalarOp.Add, loss, sum);
        }

        return loss;
    }

    private int Movement(int node)
    {
        Shape shape = Builder[node].Shape;
        int fixedAxes = shape.Batched ? 1 : 0;
        switch (_random.Next(4))
        {
            case 0:
                return Builder.Transpose(node, [.. Enumerable.Range(0, shape.Rank).OrderBy(axis => axis < fixedAxes ? -1 : _random.Next(1000))]);
            case 1:
                return Builder.Reshape(node, shape.Batched ? Shape.OfBatch(shape[0], shape.Count / shape[0]) : Shape.Of(1, shape.Count));
            case 2:
                {
                    int[] starts = new int[shape.Rank], steps = new int[shape.Rank], dims = [.. shape.Dims];
                    for (int axis = 0; axis < shape.Rank; axis++)
                    {
                        steps[axis] = axis < fixedAxes ? 1 : _random.Next(1, 3);
                        starts[axis] = axis < fixedAxes ? 0 : _random.Next(0, shape[axis]);
                        dims[axis] = axis < fixedAxes ? shape[axis] : ((shape[axis] - starts[axis] - 1) / steps[axis]) + 1;
                    }

                    return Builder.Slice(node, starts, steps, new Shape([.. dims], shape.Batched));
                }

            default:
                {
                    int[] starts = new int[shape.Rank], steps = new int[shape.Rank], dims = [.. shape.Dims];
                    for (int axis = 0; axis < shape.Rank; axis++)
                    {
                        steps[axis] = axis < fixedAxes ? 1 : _random.Next(1, 3);
                        starts[axis] = axis < fixedAxes ? 0 : _random.Next(0, 2);
                        dims[axis] = axis < fixedAxes ? shape[axis] : starts[axis] + ((shape[axis] - 1) * steps[axis]) + 1 + _random.Next(0, 2);
                    }

                    return Builder.Pad(node, starts, steps, new Shape([.. dims], shape.Batched));
                }
        }
    }

    /// <summary>Tensors one after the other: the node, parts and functions of it, parameters, others of its shape; some of them twice.</summary>
    private int Join(int node)
    {
        Shape shape = Builder[node].Shape;
        int axis = _random.Next(ScanLoop.AxisOf(shape), shape.Rank);
        int[] parts = [.. Enumerable.Range(0, _random.Next(2, 5)).Select(_ => _random.Next(6) switch
        {
            0 => Builder.Map(Unary(), [node]),
            1 => Builder.Broadcast(BroadcastPartner(shape), shape),
            2 => Builder.Slice(node, [.. shape.Dims.Select((size, i) => i == axis ? size - 1 : 0)], [.. shape.Dims.Select(_ => 1)], shape with { Dims = [.. shape.Dims.Select((size, i) => i == axis ? 1 : size)] }),
            3 => Pick(other => other == shape),
            4 => Builder.Fill(0.75, shape),
            _ => node,
        })];
        return Builder.Concat(parts, axis);
    }

    /// <summary>A convolution along the last axis but one (or along the last), with stride, dilation and padding.</summary>
    private int Window(int node)
    {
        Shape shape = Builder[node].Shape;
        if (shape.Rank < 3 || !shape.Batched)
            return Builder.MatMul(node, Parameter(Shape.Of(shape[shape.Rank - 1], 2)));
        int stride = _random.Next(1, 3), dilation = _random.Next(1, 3), padding = _random.Next(0, 3), kernel = _random.Next(1, 4), outputs = _random.Next(1, 3);
        int rank = shape.Rank, length = shape[shape.Rank - 2] + (2 * padding) - (dilation * (kernel - 1));
        if (length <= 0)
            return Builder.Map(Unary(), [node]);
        int weights = Parameter(Shape.Of(kernel, shape[shape.Rank - 1], outputs));
        // Loops: leading axes, position, output channel | tap, input channel.
        List<LoopIndex> loops = [.. shape.Dims.Take(rank - 2).Select((dim, axis) => new LoopIndex(dim, axis == 0))];
        loops.AddRange([new LoopIndex(((length - 1) / stride) + 1, false), new LoopIndex(outputs, false), new LoopIndex(kernel, false), new LoopIndex(shape[shape.Rank - 1], false)]);
        int position = rank - 2, output = rank - 1, tap = rank, input = rank + 1;
        ContractOp op = new(
            [.. loops],
            rank,
            [.. Enumerable.Range(0, rank - 2).Select(AffineIndex.Of), new AffineIndex([new AffineTerm(position, stride), new AffineTerm(tap, dilation)], -padding), AffineIndex.Of(input)],
            [AffineIndex.Of(tap), AffineIndex.Of(input), AffineIndex.Of(output)]);
        return Builder.Contract(op, node, weights);
    }

    /// <summary>A scan along the first axis that holds no rows, with sums, products with a parameter and movements in its step.</summary>
    private int Recurrence(int node)
    {
        Shape shape = Builder[node].Shape;
        int axis = ScanLoop.AxisOf(shape), steps = shape[axis], number = _scans++;
        Shape element = shape with { Dims = [.. shape.Dims.Where((_, i) => i != axis)] };
        int state = Builder.Source(new BufferRef(BufferKind.Carry, number), element, "state"), input = Builder.Source(new BufferRef(BufferKind.Sequence, number), element, "input");
        int next = Builder.Map(Binary(), Swap(state, Builder.Map(Unary(), [input])));
        switch (_random.Next(_joins ? 6 : 4))
        {
            case > 3 when element.Rank > 1:
                int both = Builder.Concat([next, input, state], element.Rank - 1);
                next = Builder.MatMul(Builder.Map(Unary(), [both]), Parameter(Shape.Of(3 * element[element.Rank - 1], element[element.Rank - 1])));
                break;
            case 0 when element.Rank > 1:
                int size = element[element.Rank - 1];
                next = Builder.Map(ScalarOp.Add, Builder.MatMul(next, Parameter(Shape.Of(size, size))), Builder.MatMul(input, Parameter(Shape.Of(size, size))));
                break;
            case 1 when element.Rank > 0:
                next = Builder.Map(Binary(), [next, Builder.Reduce((ReduceKind)_random.Next(3), next, Axes(element))]);
                break;
            case 2 when element.Rank > 0:
                int moved = Movement(next), rows = element.Batched ? 1 : 0;
                int sum = Builder.Reduce(ReduceKind.Sum, moved, [.. Enumerable.Range(rows, Builder[moved].Shape.Rank - rows)]);
                Shape units = element with { Dims = [.. element.Dims.Select((dim, i) => i < rows ? dim : 1)] };
                next = Builder.Map(ScalarOp.Subtract, next, Builder.Map(Squash(), [Builder.Reshape(sum, units)]));
                break;
            case 3:
                next = Builder.Map(ScalarOp.Multiply, next, Parameter(Shape.Of([.. element.Dims.Skip(element.Batched ? 1 : 0)])));
                break;
        }

        next = Builder.Broadcast(Builder.Map(Squash(), [next]), element);
        int initial = _random.Next(2) == 0 ? Builder.Fill(0.25, element)
            : Builder.Reshape(Builder.Slice(node, [.. shape.Dims.Select((_, i) => i == axis ? steps - 1 : 0)], [.. shape.Dims.Select(_ => 1)], ScanLoop.Over(element, 1)), element);
        ScanRegion region = new(Builder, Builder, steps, _random.Next(2) == 0);
        region.Carry(state, initial);
        region.Sequence(input, () => node);
        region.Next(0, next);
        return region.Close([next], []).Stacked[0];
    }

    private int BroadcastPartner(Shape shape)
    {
        int rank = _random.Next(0, shape.Rank + 1);
        int[] dims = [.. shape.Dims.Skip(shape.Rank - rank).Select((dim, axis) => (shape.Batched && rank == shape.Rank && axis == 0) || _random.Next(3) == 0 ? 1 : dim)];
        return Parameter(Shape.Of(dims));
    }

    private int[] Axes(Shape shape)
    {
        int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(_ => _random.Next(2) == 0)];
        return axes.Length == 0 ? [shape.Rank - 1] : axes;
    }

    private int Parameter(Shape shape)
    {
        _parameters.Add(shape);
        int node = Builder.Source(new BufferRef(BufferKind.Parameter, _parameters.Count - 1), shape, "p" + _parameters.Count);
        _pool.Add(node);
        return node;
    }

    private int Pick() => _pool[_random.Next(_pool.Count)];

    private int Pick(Func<Shape, bool> fits)
    {
        int[] fitting = [.. _pool.Where(node => fits(Builder[node].Shape))];
        return fitting[_random.Next(fitting.Length)];
    }

    private int[] Swap(int a, int b) => _random.Next(2) == 0 ? [a, b] : [b, a];

    private int[] Dims(int rank) => [.. Enumerable.Range(0, rank).Select(_ => _random.Next(1, 5))];

    private double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextDouble() * 3) - 1.5)];

    private static ScalarFunction Squash()
    {
        ScalarBuilder scalar = new();
        return scalar.Build(1, scalar.Apply(ScalarOp.Tanh, scalar.Apply(ScalarOp.Multiply, scalar.Constant(0.3), scalar.Input(0))));
    }

    private ScalarFunction Unary()
    {
        ScalarBuilder scalar = new();
        int x = scalar.Input(0), square = scalar.Apply(ScalarOp.Multiply, x, x), zero = scalar.Constant(0);
        int positive = scalar.Apply(ScalarOp.Add, square, scalar.Constant(0.5));
        int result = _random.Next(10) switch
        {
            0 => scalar.Apply(ScalarOp.Tanh, x),
            1 => scalar.Apply(ScalarOp.Sigmoid, x),
            2 => scalar.Apply(ScalarOp.Sqrt, positive),
            3 => scalar.Apply(ScalarOp.Log, positive),
            4 => scalar.Apply(ScalarOp.Exp, scalar.Apply(ScalarOp.Tanh, x)),
            5 => scalar.Apply(ScalarOp.Select, scalar.Apply(ScalarOp.Less, zero, x), x, scalar.Apply(ScalarOp.Multiply, scalar.Constant(0.1), x)),
            6 => scalar.Apply(ScalarOp.Max, x, zero),
            7 => scalar.Apply(ScalarOp.Abs, x),
            8 => scalar.Apply(ScalarOp.Negate, x),
            _ => scalar.Apply(ScalarOp.Pow, positive, scalar.Constant(1.5)),
        };
        return scalar.Build(1, result);
    }

    private ScalarFunction Binary()
    {
        ScalarBuilder scalar = new();
        int x = scalar.Input(0), y = scalar.Input(1);
        int result = _random.Next(8) switch
        {
            0 or 1 => scalar.Apply(ScalarOp.Add, x, y),
            2 => scalar.Apply(ScalarOp.Subtract, x, y),
            3 or 4 => scalar.Apply(ScalarOp.Multiply, x, y),
            5 => scalar.Apply(ScalarOp.Divide, x, scalar.Apply(ScalarOp.Add, scalar.Apply(ScalarOp.Multiply, y, y), scalar.Constant(1))),
            6 => scalar.Apply(ScalarOp.Max, x, y),
            _ => scalar.Apply(ScalarOp.FusedMultiplyAdd, x, y, x),
        };
        return scalar.Build(2, result);
    }
}
