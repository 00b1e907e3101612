using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

// Recurrences. The step is read once, over sources that stand for the states and for an element of each sequence; ScanRegion makes a loop of what depends on them.
internal sealed partial class Evaluator
{
    private TensorValue Fill(IInvocationOperation call, Value[] x)
    {
        int[] sizes = KnownSizes(x[1], call);
        if (sizes.Any(size => size <= 0) || ModelBuilder.IsTooLarge(Shape.Of(sizes)))
            throw Refuse(call, $"a tensor of shape [{string.Join(", ", sizes)}]: sizes must be positive, and the tensor small enough to be indexed");
        return new TensorValue(TensorGraph(call).Fill(KnownNumber(x[0], call), Shape.Of(sizes)));
    }

    /// <summary>One state over one sequence, or arrays of both.</summary>
    private Value Scan(IInvocationOperation call, Value[] x)
    {
        FunctionValue step = x[2] as FunctionValue ?? throw Unsupported(call);
        if (x[0] is not ArrayValue initial)
            return Scan(call, step, [x[0]], [x[1]], x[3], arguments => Variables([.. arguments]), result => [result])[0];
        Value[] states = [.. initial.Items.Select(item => item.Value ?? Value.Null)], sequences = [.. AsArray(x[1], call).Items.Select(item => item.Value ?? Value.Null)];
        TensorValue[] stacks = Scan(
            call, step, states, sequences, x[3],
            arguments => Variables(Array(arguments.Take(states.Length)), Array(arguments.Skip(states.Length))),
            result => [.. AsArray(result, call).Items.Select(item => item.Value ?? Value.Null)]);
        return Array(stacks);

        static ArrayValue Array(IEnumerable<Value> values) => new([.. values.Select(value => new Variable(value, 0))]);
    }

    /// <summary>Two states over one sequence.</summary>
    private TupleValue ScanPair(IInvocationOperation call, Value[] x)
    {
        FunctionValue step = x[3] as FunctionValue ?? throw Unsupported(call);
        return new TupleValue(Scan(call, step, [x[0], x[1]], [x[2]], x[4], arguments => Variables([.. arguments]), result => result is TupleValue pair ? pair.Items : throw Unsupported(call)));
    }

    private Variable[] Variables(params Value[] values) => [.. values.Select(value => new Variable(value, _frame?.Depth ?? 0))];

    private TensorValue[] Scan(
        IInvocationOperation call,
        FunctionValue step,
        Value[] initial,
        Value[] sequences,
        Value backwards,
        Func<IReadOnlyList<Value>, Variable[]> arguments,
        Func<Value, IReadOnlyList<Value>> results)
    {
        GraphBuilder graph = TensorGraph(call);
        int[] whole = [.. sequences.Select(sequence => Node(sequence, call))], first = [.. initial.Select(state => Node(state, call))];
        int steps = StepsOf(call, whole);
        bool isBackwards = KnownFlag(backwards, call);
        IEnumerable<Shape> shapes = whole.Concat(first).Select(node => graph[node].Shape);
        int rows = shapes.Where(shape => shape.Batched).Select(shape => shape[0]).DefaultIfEmpty(0).First();
        for (int state = 0; state < first.Length && rows > 0; state++)
        {
            if (!graph[first[state]].Shape.Batched)
                first[state] = graph.Broadcast(first[state], BatchShape(rows, Model!.UserShape(first[state])), graph[first[state]].Name);
        }

        int[] Step(int[] states, int[] elements)
        {
            Value result = Invoke(step, arguments([.. states.Concat(elements).Select(node => new TensorValue(node))]), call.Syntax) ?? throw Unsupported(call);
            IReadOnlyList<Value> next = results(result);
            if (next.Count != states.Length)
                throw Refuse(call, $"a step gives {next.Count} states, but there are {states.Length}");
            return [.. next.Select((value, state) => NextOf(call, states[state], Node(value, call)))];
        }

        // A loop inside the step of a loop is written out.
        return [.. (Model!.IsScanning ? Unrolled(graph, first, whole, steps, isBackwards, Step) : Looped(step, first, whole, steps, isBackwards, Step)).Select(node => new TensorValue(node))];
    }

    private int StepsOf(IInvocationOperation call, int[] sequences)
    {
        if (sequences.Length == 0)
            throw Refuse(call, "a scan without a sequence has no number of steps");
        foreach (int sequence in sequences)
        {
            int[] shape = Model!.UserShape(sequence), other = Model.UserShape(sequences[0]);
            if (shape.Length == 0)
                throw Refuse(call, $"{Model.Describe(sequence)} is no sequence: it has no axis for the steps");
            if (shape[0] != other[0])
                throw Mismatch(call, Model.Describe(sequences[0]), Model.Describe(sequence), "the first axes, which count the steps, must be equal");
        }

        return Model!.UserShape(sequences[0])[0];
    }

    /// <summary>The next state, which must have the shape of the state.</summary>
    private int NextOf(IInvocationOperation call, int state, int next)
    {
        GraphBuilder graph = Model!.Graph;
        Shape shape = graph[state].Shape;
        return ShapeRules.Broadcast(graph[next].Shape, shape) == shape
            ? graph.Broadcast(next, shape)
            : throw Mismatch(call, $"[{string.Join(", ", Model.UserShape(state))}] (the state)", Model.Describe(next), "a step must give a state of the shape of the one it gets");
    }

    private int[] Looped(FunctionValue function, int[] first, int[] whole, int steps, bool isBackwards, Func<int[], int[], int[]> step)
    {
        GraphBuilder graph = Model!.Graph;
        string StateName(int state) => NodeName(function.Method.Parameters.Length == first.Length + whole.Length ? function.Method.Parameters[state].Name : "state");
        int[] states = [.. first.Select((node, state) => graph.Source(new BufferRef(BufferKind.Carry, Model.NextPlaceholder()), graph[node].Shape, StateName(state)))];
        int[] elements = [.. whole.Select(node => Element(graph, node))];
        ScanRegion region = new(graph, graph, steps, isBackwards, Model.NameOf);
        int[] next = Model.Scan(steps, () => step(states, elements), out IReadOnlyList<(int Element, int Whole)> drawn);
        for (int state = 0; state < states.Length; state++)
        {
            region.Carry(states[state], first[state]);
            region.Next(state, next[state]);
        }

        foreach ((int element, int sequence) in elements.Zip(whole, (element, sequence) => (element, sequence)).Concat(drawn))
            region.Sequence(element, () => sequence);
        return region.Close(next, []).Stacked;
    }

    /// <summary>A source for what a step gets of a sequence.</summary>
    private int Element(GraphBuilder graph, int whole)
    {
        Shape shape = graph[whole].Shape;
        int axis = ScanLoop.AxisOf(shape);
        Shape element = shape with { Dims = shape.Dims.Where((_, i) => i != axis).ToEquatableArray() };
        return graph.Source(new BufferRef(BufferKind.Sequence, Model!.NextPlaceholder()), element, Model.NameOf(whole));
    }

    private static int[] Unrolled(GraphBuilder graph, int[] first, int[] whole, int steps, bool isBackwards, Func<int[], int[], int[]> step)
    {
        int[] states = first, sums = [.. first.Select(_ => -1)];
        for (int turn = 0; turn < steps; turn++)
        {
            int number = isBackwards ? steps - 1 - turn : turn;
            states = step(states, [.. whole.Select(node => At(node, number))]);
            for (int state = 0; state < states.Length; state++)
            {
                Shape shape = graph[states[state]].Shape, all = ScanLoop.Over(shape, steps);
                int placed = graph.Pad(graph.Reshape(states[state], ScanLoop.Over(shape, 1)), Starts(all.Rank, ScanLoop.AxisOf(shape), number), Ones(all.Rank), all);
                sums[state] = sums[state] < 0 ? placed : graph.Map(Generator.Scalar.ScalarOp.Add, sums[state], placed);
            }
        }

        return sums;

        int At(int node, int number)
        {
            Shape shape = graph[node].Shape;
            int axis = ScanLoop.AxisOf(shape);
            Shape one = shape with { Dims = shape.Dims.Select((size, i) => i == axis ? 1 : size).ToEquatableArray() };
            Shape element = shape with { Dims = shape.Dims.Where((_, i) => i != axis).ToEquatableArray() };
            return graph.Reshape(graph.Slice(node, Starts(shape.Rank, axis, number), Ones(shape.Rank), one), element, graph[node].Name);
        }

        static int[] Starts(int rank, int axis, int number) => [.. Enumerable.Range(0, rank).Select(i => i == axis ? number : 0)];

        static int[] Ones(int rank) => [.. Enumerable.Repeat(1, rank)];
    }
}
