using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Kernels;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>
/// Evaluates a <see cref="TensorGraph"/> in double precision, element by element, as its operations are defined. The oracle for everything that has no golden data.
/// </summary>
/// <param name="batch">The batch for which the graph was built.</param>
/// <param name="rows">The rows of this call.</param>
internal sealed class GraphInterpreter(int batch, int rows)
{
    private static readonly double[] s_none = [];

    /// <summary>The key of the step's random numbers.</summary>
    public uint RandomKey { get; init; }

    /// <summary>What watches the interpretation.</summary>
    public Observer? Observer { get; init; }

    public GraphInterpreter(int batch)
        : this(batch, batch)
    {
    }

    /// <summary>The sizes of a tensor in this call.</summary>
    public int[] Live(Shape shape) => [.. shape.Dims.Select((dim, axis) => Live(dim, axis == 0 && shape.Batched))];

    /// <summary>The content of every output; <paramref name="sources"/> may hold full batches, of which the first rows are read.</summary>
    public Dictionary<BufferRef, double[]> Run(TensorGraph graph, IReadOnlyDictionary<BufferRef, double[]> sources)
    {
        // The step of a scan is built beside the graph, and leaves nodes that only have content within a step.
        bool[] needed = new bool[graph.Nodes.Count];
        foreach (GraphOutput output in graph.Outputs)
            needed[output.Node] = true;
        for (int i = needed.Length - 1; i >= 0; i--)
        {
            foreach (int input in needed[i] ? graph.Nodes[i].Inputs : [])
                needed[input] = true;
        }

        double[][] values = Values(graph, sources, needed);
        return graph.Outputs.ToDictionary(output => output.Target, output => values[output.Node]);
    }

    /// <summary>The content of every node.</summary>
    public double[][] Values(TensorGraph graph, IReadOnlyDictionary<BufferRef, double[]> sources) =>
        Values(graph, sources, [.. Enumerable.Repeat(true, graph.Nodes.Count)]);

    private double[][] Values(TensorGraph graph, IReadOnlyDictionary<BufferRef, double[]> sources, bool[] needed)
    {
        double[][] values = new double[graph.Nodes.Count][];
        Dictionary<(ScanLoop, EquatableArray<int>), double[][][]> scans = [];
        for (int i = 0; i < values.Length; i++)
        {
            if (!needed[i])
                continue;
            GraphNode node = graph.Nodes[i];
            double[] input = node.Inputs.Count > 0 ? values[node.Inputs[0]] : s_none;
            int[] shape = Live(node.Shape), from = node.Inputs.Count > 0 ? Live(graph.Nodes[node.Inputs[0]].Shape) : [];
            values[i] = node.Op switch
            {
                SourceOp source => Read(source.Buffer, sources, Count(shape)),
                IotaOp iota => [.. Points(shape).Select(point => (double)point[iota.Axis])],
                MapOp map => Map(map, node, graph, values, shape),
                ReduceOp reduce => Reduce(reduce, input, from, shape),
                ContractOp contract => Contract(contract, graph, node, values, shape),
                ReshapeOp => input,
                StopGradientOp => Observer?.Stop(input) ?? input,
                TransposeOp transpose => Transpose(transpose, input, from, shape),
                SliceOp slice => [.. Points(shape).Select(point => input[Offset(from, Place(point, slice.Starts, slice.Steps))])],
                PadOp pad => Pad(pad, input, from, shape),
                ConcatOp concat => Concat(concat, graph, node, values, shape),
                ViewOp view => [.. Points(shape).Select(point => Element(input, from, view.Index, point, view.Outside))],
                GatherOp => Gather(input, values[node.Inputs[1]], from),
                ScatterOp => Scatter(input, values[node.Inputs[1]], shape),
                RandomOp random => [.. Enumerable.Range(0, Count(shape)).Select(i => (double)StepRandom.Uniform(RandomKey, random.Stream, i))],
                ScanOp scan => Stack(scan, Steps(scan.Loop, node, graph, values, sources, scans)),
                _ => throw new InvalidOperationException($"{node.Op} is unknown."),
            };
            if (values[i].Length != Count(shape))
                throw new InvalidOperationException($"Node {i} has {values[i].Length} elements, but its shape is {node.Shape}.");
        }

        return values;
    }

    private int Live(int extent, bool batched) => batched ? extent / batch * rows : extent;

    private double[] Read(BufferRef buffer, IReadOnlyDictionary<BufferRef, double[]> sources, int count) =>
        sources.TryGetValue(buffer, out double[]? content) ? content[..count]
        : buffer == new BufferRef(BufferKind.Uniform, Uniforms.InverseRows) ? [1.0 / rows]
        : throw new KeyNotFoundException($"No content was given for {buffer}.");

    private double[] Map(MapOp map, GraphNode node, TensorGraph graph, double[][] values, int[] shape)
    {
        int[][] shapes = [.. node.Inputs.Select(input => Live(graph.Nodes[input].Shape))];
        double[][] inputs = [.. node.Inputs.Select(input => values[input])];
        double[] result = new double[Count(shape)], arguments = new double[inputs.Length];
        int position = 0;
        foreach (int[] point in Points(shape))
        {
            for (int k = 0; k < inputs.Length; k++)
                arguments[k] = inputs[k][Broadcast(shapes[k], point)];
            result[position++] = ScalarInterpreter.Evaluate(map.Body, arguments, Observer)[0];
        }

        return result;
    }

    private double[] Reduce(ReduceOp reduce, double[] input, int[] from, int[] shape)
    {
        double[] result = new double[Count(shape)];
        Array.Fill(result, reduce.Kind switch { ReduceKind.Sum => 0, ReduceKind.Max => double.NegativeInfinity, _ => double.PositiveInfinity });
        int position = 0;
        foreach (int[] point in Points(from))
        {
            ref double target = ref result[Broadcast(shape, point)];
            double element = input[position++];
            if (reduce.Kind == ReduceKind.Sum)
                element = Observer?.Rounded(element) ?? element;
            else
                Observer?.Decide(target, element);
            target = reduce.Kind switch { ReduceKind.Sum => target + element, ReduceKind.Max => Math.Max(target, element), _ => Math.Min(target, element) };
        }

        return result;
    }

    private double[] Contract(ContractOp contract, TensorGraph graph, GraphNode node, double[][] values, int[] shape)
    {
        int[] left = Live(graph.Nodes[node.Inputs[0]].Shape), right = Live(graph.Nodes[node.Inputs[1]].Shape);
        double[] result = new double[Count(shape)];
        foreach (int[] loops in Points([.. contract.Loops.Select(loop => Live(loop.Extent, loop.Batched))]))
        {
            double product = Element(values[node.Inputs[0]], left, contract.Left, loops) * Element(values[node.Inputs[1]], right, contract.Right, loops);
            result[Offset(shape, loops)] += Observer?.Rounded(product) ?? product;
        }

        return result;
    }

    private static double Element(double[] tensor, int[] shape, EquatableArray<AffineIndex> index, int[] loops, double outside = 0)
    {
        int offset = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            AffineIndex affine = index[axis];
            int position = affine.Offset;
            for (int term = 0; term < affine.Terms.Count; term++)
                position += affine.Terms[term].Factor * loops[affine.Terms[term].Loop];
            if (position < 0 || position % affine.Divisor != 0 || position / affine.Divisor >= shape[axis])
                return outside;
            offset = (offset * shape[axis]) + (position / affine.Divisor);
        }

        return tensor[offset];
    }

    private static double[] Transpose(TransposeOp transpose, double[] input, int[] from, int[] shape)
    {
        int[] origin = new int[from.Length];
        return [.. Points(shape).Select(point =>
        {
            for (int axis = 0; axis < point.Length; axis++)
                origin[transpose.Permutation[axis]] = point[axis];
            return input[Offset(from, origin)];
        })];
    }

    private static double[] Pad(PadOp pad, double[] input, int[] from, int[] shape)
    {
        double[] result = new double[Count(shape)];
        int position = 0;
        foreach (int[] point in Points(from))
            result[Offset(shape, Place(point, pad.Starts, pad.Steps))] = input[position++];
        return result;
    }

    private double[] Concat(ConcatOp concat, TensorGraph graph, GraphNode node, double[][] values, int[] shape) => [.. Points(shape).Select(point =>
    {
        int[] at = [.. point];
        foreach (int input in node.Inputs)
        {
            int[] part = Live(graph.Nodes[input].Shape);
            if (at[concat.Axis] < part[concat.Axis])
                return values[input][Offset(part, at)];
            at[concat.Axis] -= part[concat.Axis];
        }

        throw new InvalidOperationException("A position lies behind all parts.");
    })];

    private static double[] Gather(double[] table, double[] rows, int[] shape)
    {
        int size = Count(shape) / shape[0];
        return [.. rows.SelectMany(row => table.Skip((int)row * size).Take(size))];
    }

    private static double[] Scatter(double[] values, double[] rows, int[] shape)
    {
        double[] result = new double[Count(shape)];
        int size = result.Length / shape[0];
        for (int i = 0; i < values.Length; i++)
            result[((int)rows[i / size] * size) + (i % size)] += values[i];
        return result;
    }

    /// <summary>All nodes of the body in each step.</summary>
    private double[][][] Steps(
        ScanLoop loop, GraphNode node, TensorGraph graph, double[][] values, IReadOnlyDictionary<BufferRef, double[]> sources, Dictionary<(ScanLoop, EquatableArray<int>), double[][][]> known)
    {
        if (known.TryGetValue((loop, node.Inputs), out double[][][]? steps))
            return steps;
        steps = new double[loop.Steps][][];
        Dictionary<BufferRef, double[]> given = new(sources);
        for (int carry = 0; carry < loop.Carries; carry++)
            given[new BufferRef(BufferKind.Carry, carry)] = values[node.Inputs[carry]];
        for (int captured = 0; captured < node.Inputs.Count - loop.Carries - loop.Sequences; captured++)
            given[new BufferRef(BufferKind.Captured, captured)] = values[node.Inputs[loop.Carries + loop.Sequences + captured]];
        for (int turn = 0; turn < loop.Steps; turn++)
        {
            int step = loop.Backwards ? loop.Steps - 1 - turn : turn;
            for (int sequence = 0; sequence < loop.Sequences; sequence++)
            {
                int input = node.Inputs[loop.Carries + sequence];
                int[] shape = Live(graph.Nodes[input].Shape);
                int axis = graph.Nodes[input].Shape.Batched ? 1 : 0;
                int position = 0;
                given[new BufferRef(BufferKind.Sequence, sequence)] = [.. Points(shape).Select(point => (At: point[axis], Value: values[input][position++])).Where(pair => pair.At == step).Select(pair => pair.Value)];
            }

            steps[step] = Values(loop.Body, given);
            foreach (GraphOutput output in loop.Body.Outputs)
                given[new BufferRef(BufferKind.Carry, output.Target.Index)] = steps[step][output.Node];
        }

        return known[(loop, node.Inputs)] = steps;
    }

    private double[] Stack(ScanOp scan, double[][][] steps)
    {
        Shape shape = scan.Loop.Body.Nodes[scan.Result].Shape;
        int outer = shape.Batched ? Live(shape)[0] : 1, inner = Count(Live(shape)) / outer;
        return [.. Enumerable.Range(0, outer).SelectMany(row => steps.SelectMany(step => step[scan.Result].Skip(row * inner).Take(inner)))];
    }

    private static int[] Place(int[] point, EquatableArray<int> starts, EquatableArray<int> steps) => [.. point.Select((p, axis) => starts[axis] + (p * steps[axis]))];

    /// <summary>Position of the element that a tensor of <paramref name="shape"/> has at a point of the larger tensor to which it broadcasts.</summary>
    private static int Broadcast(int[] shape, int[] point)
    {
        int offset = 0, lead = point.Length - shape.Length;
        for (int axis = 0; axis < shape.Length; axis++)
            offset = (offset * shape[axis]) + (shape[axis] == 1 ? 0 : point[axis + lead]);
        return offset;
    }

    private static int Offset(int[] shape, int[] point)
    {
        int offset = 0;
        for (int axis = 0; axis < shape.Length; axis++)
            offset = (offset * shape[axis]) + point[axis];
        return offset;
    }

    private static int Count(int[] shape) => shape.Aggregate(1, (count, size) => count * size);

    /// <summary>Every point of a box in row-major order. The array is the same each time.</summary>
    private static IEnumerable<int[]> Points(int[] shape)
    {
        int[] point = new int[shape.Length];
        for (int left = Count(shape); left > 0; left--)
        {
            yield return point;
            for (int axis = shape.Length - 1; axis >= 0 && ++point[axis] == shape[axis]; axis--)
                point[axis] = 0;
        }
    }
}
