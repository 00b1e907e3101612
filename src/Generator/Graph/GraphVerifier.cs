using System.Diagnostics;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>Checks what every <see cref="TensorGraph"/> promises; the message names the node.</summary>
internal static class GraphVerifier
{
    /// <summary>As <see cref="Verify"/>, in builds for debugging only.</summary>
    [Conditional("DEBUG")]
    public static void VerifyInDebug(TensorGraph graph) => Verify(graph);

    /// <summary>Throws when the graph is not well formed.</summary>
    public static void Verify(TensorGraph graph)
    {
        Dictionary<BufferRef, Shape> sources = [];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            GraphNode node = graph.Nodes[i];
            string? fault = Fault(graph, i, node);
            if (fault is null && node.Op is SourceOp source)
            {
                if (sources.ContainsKey(source.Buffer))
                    fault = $"{source.Buffer} is read by two sources";
                sources[source.Buffer] = node.Shape;
            }

            if (fault is not null)
                throw new InvalidOperationException($"graph node {i} ({node.Op.GetType().Name} {node.Name} {node.Shape}): {fault}");
        }

        HashSet<BufferRef> targets = [];
        foreach (GraphOutput output in graph.Outputs)
        {
            if (OutputFault(graph, output, sources, targets) is string fault)
                throw new InvalidOperationException($"graph output {output.Target} of node {output.Node}: {fault}");
        }
    }

    private static string? OutputFault(TensorGraph graph, GraphOutput output, Dictionary<BufferRef, Shape> sources, HashSet<BufferRef> targets)
    {
        if (output.Node < 0 || output.Node >= graph.Nodes.Count)
            return "no such node";
        if (!targets.Add(output.Target))
            return "written twice";
        if (output.Target.Kind is BufferKind.Input or BufferKind.Uniform)
            return "inputs and uniforms are read only";
        Shape shape = graph.Nodes[output.Node].Shape;
        if (output.Target.Kind is BufferKind.Loss or BufferKind.Sum && shape != Shape.Scalar)
            return $"a loss is one number, not {shape}";
        return sources.TryGetValue(output.Target, out Shape source) && source != shape ? $"its shape {shape} is not {source}, the shape of what it overwrites" : null;
    }

    private static string? Fault(TensorGraph graph, int number, GraphNode node)
    {
        foreach (int input in node.Inputs)
        {
            if (input < 0 || input >= number)
                return $"input {input} is not an earlier node";
        }

        if (node.Shape.Dims.Any(dim => dim < 1))
            return "a size is below 1";
        if (node.Shape.Batched && node.Shape.Rank == 0)
            return "a single number has no rows";
        int? arity = node.Op switch
        {
            SourceOp or IotaOp or RandomOp => 0,
            MapOp or ScanOp or ConcatOp => null,
            ContractOp or GatherOp or ScatterOp => 2,
            _ => 1,
        };
        if (arity is int expected && node.Inputs.Count != expected)
            return $"it has {node.Inputs.Count} inputs, not {expected}";
        Shape from = node.Inputs.Count > 0 ? graph.Nodes[node.Inputs[0]].Shape : Shape.Scalar;
        return node.Op switch
        {
            SourceOp source => source.Buffer.Kind is BufferKind.Uniform or BufferKind.Loss && node.Shape != Shape.Scalar ? "a uniform is one number" : null,
            IotaOp iota => iota.Axis < 0 || iota.Axis >= node.Shape.Rank ? $"there is no axis {iota.Axis}" : null,
            MapOp map => MapFault(graph, node, map),
            ReduceOp reduce => ReduceFault(node.Shape, from, reduce),
            ContractOp contract => ContractVerifier.Fault(node.Shape, contract, from, graph.Nodes[node.Inputs[1]].Shape),
            ReshapeOp => node.Shape.Count != from.Count ? $"{from} has not as many elements"
                : node.Shape.Batched != from.Batched ? "rows of a batch can't appear or vanish" : null,
            TransposeOp transpose => TransposeFault(node.Shape, from, transpose),
            SliceOp slice => PlaceFault(slice.Starts, slice.Steps, node.Shape, from),
            PadOp pad => PlaceFault(pad.Starts, pad.Steps, from, node.Shape),
            ConcatOp concat => ConcatFault(graph, node, concat),
            ViewOp view => ViewFault(node.Shape, view, from),
            GatherOp => RowsFault(node.Shape, from, graph.Nodes[node.Inputs[1]].Shape),
            ScatterOp => RowsFault(from, node.Shape, graph.Nodes[node.Inputs[1]].Shape),
            RandomOp random => random.Stream < 0 ? "its stream is negative" : null,
            ScanOp scan => ScanVerifier.Fault(graph, node, scan),
            StopGradientOp => node.Shape != from ? "its shape is not its input's" : null,
            _ => "unknown operation",
        };
    }

    private static string? MapFault(TensorGraph graph, GraphNode node, MapOp map)
    {
        if (map.Body.Outputs.Count != 1)
            return $"its body has {map.Body.Outputs.Count} outputs, not 1";
        if (map.Body.InputCount != node.Inputs.Count)
            return $"its body has {map.Body.InputCount} inputs, the node {node.Inputs.Count}";
        ScalarVerifier.Verify(map.Body);
        Shape[] misfits = node.Inputs.Select(input => graph.Nodes[input].Shape).Where(shape => ShapeRules.Broadcast(shape, node.Shape) != node.Shape).ToArray();
        return misfits.Length == 0 ? null : $"an input of shape {misfits[0]} does not broadcast to it";
    }

    private static string? ConcatFault(TensorGraph graph, GraphNode node, ConcatOp concat)
    {
        if (node.Inputs.Count == 0)
            return "it joins nothing";
        if (concat.Axis < (node.Shape.Batched ? 1 : 0) || concat.Axis >= node.Shape.Rank)
            return $"{node.Shape} can't be joined along axis {concat.Axis}";
        int total = 0;
        foreach (Shape part in node.Inputs.Select(input => graph.Nodes[input].Shape))
        {
            if (part.Rank != node.Shape.Rank || part.Batched != node.Shape.Batched || part.Dims.Where((size, axis) => axis != concat.Axis && size != node.Shape[axis]).Any())
                return $"{part} is no part of it";
            total += part[concat.Axis];
        }

        return total == node.Shape[concat.Axis] ? null : $"its parts have {total} elements along axis {concat.Axis}";
    }

    private static string? ViewFault(Shape shape, ViewOp view, Shape from) => shape.Batched != from.Batched
        ? "rows of a batch can't appear or vanish"
        : ContractVerifier.IndexFault(shape.Dims.Select((size, axis) => new LoopIndex(size, axis == 0 && shape.Batched)).ToArray(), view.Index, from, "only");

    private static string? RowsFault(Shape values, Shape table, Shape rows)
    {
        if (table.Rank == 0 || table.Batched)
            return $"{table} is no table of rows";
        Shape expected = new(rows.Dims.Concat(table.Dims.Skip(1)).ToEquatableArray(), rows.Batched);
        return values == expected ? null : $"rows of {table} by numbers {rows} have shape {expected}, not {values}";
    }

    private static string? ReduceFault(Shape shape, Shape from, ReduceOp reduce)
    {
        if (reduce.Axes.Count == 0 || reduce.Axes.Any(axis => axis < 0 || axis >= from.Rank) || !reduce.Axes.SequenceEqual(reduce.Axes.Distinct().OrderBy(axis => axis)))
            return $"axes {reduce.Axes} of {from} are not distinct, ascending and in range";
        Shape expected = new(from.Dims.Select((dim, axis) => reduce.Axes.Contains(axis) ? 1 : dim).ToEquatableArray(), from.Batched && !reduce.Axes.Contains(0));
        return shape == expected ? null : $"its shape should be {expected}";
    }

    private static string? TransposeFault(Shape shape, Shape from, TransposeOp transpose)
    {
        if (!transpose.Permutation.OrderBy(axis => axis).SequenceEqual(Enumerable.Range(0, from.Rank)))
            return $"{transpose.Permutation} is no permutation of the axes of {from}";
        if (from.Batched && transpose.Permutation[0] != 0)
            return "the rows of a batch stay on axis 0";
        Shape expected = new(transpose.Permutation.Select(axis => from[axis]).ToEquatableArray(), from.Batched);
        return shape == expected ? null : $"its shape should be {expected}";
    }

    /// <summary>The small tensor's elements lie at start, start + step, … along each axis of the large one.</summary>
    private static string? PlaceFault(EquatableArray<int> starts, EquatableArray<int> steps, Shape small, Shape large)
    {
        if (small.Rank != large.Rank || starts.Count != large.Rank || steps.Count != large.Rank)
            return "its axes, starts and steps differ in number";
        for (int axis = 0; axis < large.Rank; axis++)
        {
            if (steps[axis] < 1 || starts[axis] < 0 || starts[axis] + ((small[axis] - 1) * steps[axis]) >= large[axis])
                return $"axis {axis} reaches outside";
        }

        if (small.Batched != large.Batched)
            return "rows of a batch can't appear or vanish";
        return large.Batched && (starts[0] != 0 || steps[0] != 1 || small[0] != large[0]) ? "the rows of a batch stay whole" : null;
    }
}
