using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>The part of <see cref="GraphVerifier"/> for scans.</summary>
internal static class ScanVerifier
{
    /// <summary>What is wrong with a result of a scan, or null.</summary>
    public static string? Fault(TensorGraph graph, GraphNode node, ScanOp scan)
    {
        ScanLoop loop = scan.Loop;
        if (loop.Steps < 1)
            return $"it has {loop.Steps} steps";
        if (node.Inputs.Count < loop.Carries + loop.Sequences)
            return $"it has {node.Inputs.Count} inputs, but {loop.Carries} carries and {loop.Sequences} sequences";
        GraphVerifier.Verify(loop.Body);
        if (scan.Result < 0 || scan.Result >= loop.Body.Nodes.Count)
            return $"its body has no node {scan.Result}";
        Shape expected = ScanLoop.Over(loop.Body.Nodes[scan.Result].Shape, loop.Steps);
        if (node.Shape != expected)
            return $"its shape should be {expected}";
        foreach (GraphNode inner in loop.Body.Nodes)
        {
            if (inner.Op is SourceOp source && SourceFault(graph, node, loop, source.Buffer, inner.Shape) is string fault)
                return fault;
            if (inner.Op is RandomOp or ScanOp)
                return "its body draws random numbers or holds another scan";
        }

        return NextFault(loop);
    }

    private static string? SourceFault(TensorGraph graph, GraphNode node, ScanLoop loop, BufferRef buffer, Shape shape)
    {
        if (buffer.Kind == BufferKind.Uniform)
            return null;
        int first = buffer.Kind switch { BufferKind.Carry => 0, BufferKind.Sequence => loop.Carries, BufferKind.Captured => loop.Carries + loop.Sequences, _ => -1 };
        int end = buffer.Kind switch { BufferKind.Carry => loop.Carries, BufferKind.Sequence => loop.Carries + loop.Sequences, _ => node.Inputs.Count };
        if (first < 0 || buffer.Index < 0 || first + buffer.Index >= end)
            return $"its body reads {buffer}";
        Shape given = graph.Nodes[node.Inputs[first + buffer.Index]].Shape, wanted = buffer.Kind == BufferKind.Sequence ? ScanLoop.Over(shape, loop.Steps) : shape;
        return given == wanted ? null : $"{buffer} has shape {given}, but its body wants {wanted}";
    }

    private static string? NextFault(ScanLoop loop)
    {
        for (int carry = 0; carry < loop.Carries; carry++)
        {
            GraphOutput[] next = loop.Body.Outputs.Where(output => output.Target == new BufferRef(BufferKind.Next, carry)).ToArray();
            if (next.Length != 1)
                return $"carry {carry} is not handed on";
            Shape? before = loop.Body.Nodes.Where(inner => inner.Op is SourceOp { Buffer: var buffer } && buffer == new BufferRef(BufferKind.Carry, carry)).Select(inner => (Shape?)inner.Shape).FirstOrDefault();
            if (before is Shape shape && loop.Body.Nodes[next[0].Node].Shape != shape)
                return $"carry {carry} is {shape}, but its step leaves {loop.Body.Nodes[next[0].Node].Shape}";
        }

        return loop.Body.Outputs.Count == loop.Carries ? null : "its body has other outputs than carries";
    }
}
