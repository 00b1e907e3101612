using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

// Operations on tensors. In the user's view the batch axis is implied; here it is put where it belongs.
internal sealed partial class Evaluator
{
    private GraphBuilder TensorGraph(IOperation operation) => Model?.Graph ?? throw Unsupported(operation);

    /// <summary>The node of a tensor; a number is a tensor of one element.</summary>
    private int Node(Value value, IOperation operation) => value switch
    {
        TensorValue tensor => tensor.Node,
        KnownValue { Data: double or long } known => TensorGraph(operation).Fill(known.Number!.Value, Shape.Scalar),
        KnownValue { Data: null } => throw new EvaluationFault(null),
        _ => throw Unsupported(operation),
    };

    private string NodeName(string name) => Names.Camel(_frame?.Scope?.Path is { Length: > 0 } path ? path + "." + name : name);

    private TensorValue TensorBinary(BinaryOperatorKind kind, Value a, Value b, IOperation operation)
    {
        (ScalarOp op, string name) = kind switch
        {
            BinaryOperatorKind.Add => (ScalarOp.Add, "sum"),
            BinaryOperatorKind.Subtract => (ScalarOp.Subtract, "difference"),
            BinaryOperatorKind.Multiply => (ScalarOp.Multiply, "product"),
            BinaryOperatorKind.Divide => (ScalarOp.Divide, "quotient"),
            _ => throw Unsupported(operation),
        };
        return Elementwise([a, b], x => Scalar!.Apply(op, x[0], x[1]), name, operation);
    }

    private TensorValue TensorNegate(Value a, IOperation operation) => Elementwise([a], x => Scalar!.Apply(ScalarOp.Negate, x[0]), "negative", operation);

    private TensorValue Map(IInvocationOperation call, Value[] arguments)
    {
        FunctionValue function = arguments[arguments.Length - 1] as FunctionValue ?? throw Unsupported(call);
        return Elementwise(
            arguments.Take(arguments.Length - 1).ToArray(),
            x =>
            {
                Variable[] elements = x.Select(number => new Variable(new ElementValue(Scalar!, number), _frame!.Depth)).ToArray();
                Value result = Invoke(function, elements, call.Syntax) ?? throw Unsupported(call);
                return Number(result, call.Syntax);
            },
            "map",
            call);
    }

    /// <summary>Builds a function of one element and maps it over tensors, which broadcast; numbers become constants of the function.</summary>
    private TensorValue Elementwise(Value[] operands, Func<int[], int> body, string name, IOperation operation)
    {
        GraphBuilder graph = TensorGraph(operation);
        ScalarBuilder? outer = Scalar;
        int mappedFrom = _mappedFrom;
        Scalar = new ScalarBuilder();
        _mappedFrom = _frame?.Depth ?? 0;
        try
        {
            List<int> inputs = [];
            int[] arguments = new int[operands.Length];
            for (int i = 0; i < operands.Length; i++)
            {
                if (operands[i] is KnownValue { Number: double constant })
                {
                    arguments[i] = Scalar.Constant(constant);
                    continue;
                }

                int node = Node(operands[i], operation);
                if (!inputs.Contains(node))
                    inputs.Add(node);
                arguments[i] = Scalar.Input(inputs.IndexOf(node));
            }

            int result = body(arguments);
            int[] aligned = Align(inputs, operation, out Shape shape);
            return new TensorValue(graph.Map(Scalar.Build(aligned.Length, result), aligned, shape, NodeName(name)));
        }
        finally
        {
            Scalar = outer;
            _mappedFrom = mappedFrom;
        }
    }

    /// <summary>Puts the batch axes of tensors of different rank in line, and gives the shape to which they broadcast.</summary>
    private int[] Align(List<int> nodes, IOperation operation, out Shape shape)
    {
        GraphBuilder graph = Model!.Graph;
        int rank = nodes.Count == 0 ? 0 : nodes.Max(node => Model.UserShape(node).Length);
        int[] aligned = nodes.ToArray();
        shape = Shape.Scalar;
        for (int i = 0; i < aligned.Length; i++)
        {
            int[] sizes = Model.UserShape(aligned[i]);
            GraphNode node = graph[aligned[i]];
            if (node.Shape.Batched && sizes.Length < rank)
                aligned[i] = graph.Reshape(aligned[i], BatchShape(node.Shape[0], [.. Enumerable.Repeat(1, rank - sizes.Length), .. sizes]), node.Name);
            if (ShapeRules.Broadcast(shape, graph[aligned[i]].Shape) is not Shape broadcast)
                throw Mismatch(operation, Misfit(nodes, i), Model.Describe(nodes[i]), "sizes must be equal or 1, from the last axis on");
            shape = broadcast;
        }

        return aligned;
    }

    /// <summary>The first operand that does not broadcast with operand <paramref name="last"/>.</summary>
    private string Misfit(List<int> nodes, int last)
    {
        int[] sizes = Model!.UserShape(nodes[last]);
        int culprit = nodes.Take(last).FirstOrDefault(node => ShapeRules.Broadcast(Shape.Of(Model.UserShape(node)), Shape.Of(sizes)) is null);
        return Model.Describe(nodes.Take(last).Contains(culprit) ? culprit : nodes[0]);
    }

    private static Shape BatchShape(int rows, int[] sizes) => Shape.OfBatch([rows, .. sizes]);

    /// <summary>A shape of the user's view, with the batch axis of <paramref name="like"/>.</summary>
    private static Shape WithBatch(Shape like, int[] sizes) => like.Batched ? BatchShape(like[0], sizes) : Shape.Of(sizes);

    private TensorValue MatMul(IInvocationOperation call, Value left, Value right)
    {
        int a = Node(left, call), b = Node(right, call);
        int[] x = Model!.UserShape(a), y = Model.UserShape(b);
        if (x.Length < 1 || y.Length != 2 || x[x.Length - 1] != y[0] || Model.Graph[b].Shape.Batched)
            throw Mismatch(call, Model.Describe(a), Model.Describe(b), "a matrix product needs [.., m, k] and a [k, n] that is the same for all rows");
        return new TensorValue(Model.Graph.MatMul(a, b, NodeName("matMul")));
    }

    /// <summary>An axis of the user's view as one of the node's.</summary>
    private int Axis(IOperation call, int node, Value axis)
    {
        int rank = Model!.UserShape(node).Length, number = KnownWhole(axis, call);
        if (number < -rank || number >= rank)
            throw Refuse(call, $"axis {number} does not exist in {Model.Describe(node)}");
        return (number < 0 ? number + rank : number) + (Model.Graph[node].Shape.Batched ? 1 : 0);
    }

    private TensorValue Reduce(ReduceKind kind, IInvocationOperation call, Value x, Value axis)
    {
        int node = Node(x, call);
        int[] axes = AsArray(axis, call).Items.Select(item => Axis(call, node, item.Value ?? Value.Null)).ToArray();
        if (axes.Length == 0 && call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.ParamArray))
            throw Refuse(call, $"'{call.TargetMethod.Name}' needs the number of an axis: write '{call.TargetMethod.Name}(x, -1)' for the last one");
        if (axes.Distinct().Count() < axes.Length)
            throw Refuse(call, "an axis is named twice");
        return new TensorValue(TensorGraph(call).Reduce(kind, node, axes, NodeName(kind.ToString())));
    }

    private TensorValue SumAll(IInvocationOperation call, Value x, bool mean)
    {
        GraphBuilder graph = TensorGraph(call);
        int node = Node(x, call);
        Shape shape = graph[node].Shape;
        int sum = graph.Reduce(ReduceKind.Sum, node, Enumerable.Range(0, shape.Rank).ToArray(), NodeName("total"));
        sum = graph.Reshape(sum, Shape.Scalar, NodeName("total"));
        return new TensorValue(mean ? Average(graph, sum, shape) : sum);
    }

    private TensorValue SumOverBatch(IInvocationOperation call, Value x, bool mean)
    {
        GraphBuilder graph = TensorGraph(call);
        int node = Node(x, call);
        Shape shape = graph[node].Shape;
        if (!shape.Batched)
            throw Refuse(call, $"{Model!.Describe(node)} has no rows: it is the same for all of them");
        int sum = graph.Reduce(ReduceKind.Sum, node, [0], NodeName("batchSum"));
        sum = graph.Reshape(sum, Shape.Of(Model!.UserShape(node)), NodeName("batchSum"));
        return new TensorValue(mean ? Average(graph, sum, Shape.OfBatch(shape[0])) : sum);
    }

    /// <summary>A sum over all elements of a shape, divided by how many there are: of the rows, only those of the call count.</summary>
    private int Average(GraphBuilder graph, int sum, Shape over)
    {
        ScalarBuilder scalar = new();
        double perRow = over.Batched ? (double)over.Count / Model!.Batch : over.Count;
        int scaled = scalar.Apply(ScalarOp.Multiply, scalar.Input(0), scalar.Constant(1 / perRow));
        if (!over.Batched)
            return graph.Map(scalar.Build(1, scaled), [sum], NodeName("mean"));
        int mean = scalar.Apply(ScalarOp.Multiply, scaled, scalar.Input(1));
        return graph.Map(scalar.Build(2, mean), [sum, graph.Uniform(Uniforms.InverseRows, "inverseRows")], NodeName("mean"));
    }

    private TensorValue OneHot(IInvocationOperation call, Value value, Value count)
    {
        GraphBuilder graph = TensorGraph(call);
        LabelsValue labels = value as LabelsValue ?? throw Unsupported(call);
        int classes = KnownWhole(count, call);
        if (classes <= 0)
            throw Refuse(call, $"labels of {classes} classes: there must be at least one");
        NoteClasses(call, labels, classes);
        Shape shape = graph[labels.Node].Shape;
        int column = graph.Reshape(labels.Node, shape with { Dims = shape.Dims.Append(1).ToEquatableArray() }, graph[labels.Node].Name);
        ScalarBuilder scalar = new();
        int hot = scalar.Apply(ScalarOp.Select, scalar.Apply(ScalarOp.Equal, scalar.Input(0), scalar.Input(1)), scalar.Constant(1), scalar.Constant(0));
        int node = graph.Map(scalar.Build(2, hot), [column, graph.Iota(Shape.Of(classes), 0)], NodeName("oneHot"));
        Model!.ExplainClasses(node, labels.Node);
        return new TensorValue(node);
    }

    private TensorValue StopGradient(IInvocationOperation call, Value x)
    {
        int node = Node(x, call);
        return new TensorValue(TensorGraph(call).StopGradient(node, TensorGraph(call)[node].Name));
    }

    private TensorValue Reshape(IInvocationOperation call, Value x, Value sizes)
    {
        int node = Node(x, call);
        int[] shape = KnownSizes(sizes, call);
        int count = Model!.UserShape(node).Aggregate(1, (product, size) => product * size);
        int known = shape.Where(size => size != -1).Aggregate(1, (product, size) => product * size);
        int free = Array.IndexOf(shape, -1);
        if (free >= 0 && known > 0)
            shape[free] = count / known;
        if (shape.Any(size => size <= 0) || shape.Aggregate(1, (product, size) => product * size) != count)
            throw Mismatch(call, Model.Describe(node), $"[{string.Join(", ", shape)}]", "a reshape keeps the number of elements");
        return new TensorValue(TensorGraph(call).Reshape(node, WithBatch(Model.Graph[node].Shape, shape), NodeName("reshaped")));
    }

    private TensorValue Transpose(IInvocationOperation call, Value x, Value axes)
    {
        int node = Node(x, call);
        int[] order = KnownSizes(axes, call);
        if (!order.OrderBy(axis => axis).SequenceEqual(Enumerable.Range(0, Model!.UserShape(node).Length)))
            throw Refuse(call, $"axes [{string.Join(", ", order)}] are not those of {Model.Describe(node)}, each once");
        int[] permutation = Model.Graph[node].Shape.Batched ? [0, .. order.Select(axis => axis + 1)] : order;
        return new TensorValue(Model.Graph.Transpose(node, permutation, NodeName("transposed")));
    }

    private TensorValue Slice(IInvocationOperation call, Value[] x)
    {
        int node = Node(x[0], call);
        int axis = Axis(call, node, x[1]), start = KnownWhole(x[2], call), length = KnownWhole(x[3], call), step = KnownWhole(x[4], call);
        Shape whole = Model!.Graph[node].Shape;
        if (start < 0 || length <= 0 || step <= 0 || start + ((length - 1) * step) >= whole[axis])
            throw Refuse(call, $"{length} elements from {start} in steps of {step} reach outside {Model.Describe(node)}");
        int[] starts = new int[whole.Rank], steps = Enumerable.Repeat(1, whole.Rank).ToArray();
        starts[axis] = start;
        steps[axis] = step;
        Shape shape = whole with { Dims = whole.Dims.Select((size, i) => i == axis ? length : size).ToEquatableArray() };
        return new TensorValue(Model.Graph.Slice(node, starts, steps, shape, NodeName("slice")));
    }

    private TensorValue Concat(IInvocationOperation call, Value axis, Value parts)
    {
        int[] nodes = AsArray(parts, call).Items.Select(item => Node(item.Value ?? Value.Null, call)).ToArray();
        if (nodes.Length == 0)
            throw Refuse(call, "nothing to join");
        GraphBuilder graph = TensorGraph(call);
        Shape first = graph[nodes[0]].Shape;
        int along = Axis(call, nodes[0], axis);
        foreach (int node in nodes)
        {
            Shape shape = graph[node].Shape;
            if (shape.Batched != first.Batched || shape.Rank != first.Rank || shape.Dims.Where((size, i) => i != along && size != first[i]).Any())
                throw Mismatch(call, Model!.Describe(nodes[0]), Model.Describe(node), "all sizes but those of the joined axis must be equal");
        }

        return new TensorValue(graph.Concat(nodes, along, NodeName("concat")));
    }
}
