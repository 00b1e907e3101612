using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>The derivatives of joined tensors: in reverse each part gets its slice, forward the tangents of the parts are joined.</summary>
internal static class ConcatRule
{
    public static IEnumerable<(int, int)> Reverse(GraphBuilder graph, int number, int adjoint, bool[] active)
    {
        GraphNode node = graph[number];
        int axis = ((ConcatOp)node.Op).Axis, from = 0;
        foreach (int input in node.Inputs)
        {
            Shape shape = graph[input].Shape;
            int[] starts = [.. shape.Dims.Select((_, i) => i == axis ? from : 0)], steps = [.. shape.Dims.Select(_ => 1)];
            from += shape[axis];
            if (!active[input])
                continue;
            // One number for all elements is the same number for those of a part.
            yield return (input, graph[adjoint].Shape == Shape.Scalar
                ? adjoint
                : graph.Slice(graph.Broadcast(adjoint, node.Shape), starts, steps, shape, DerivativeRule.GradientName(graph[input])));
        }
    }

    public static int? Forward(GraphBuilder graph, int number, int?[] tangents)
    {
        GraphNode node = graph[number];
        if (node.Inputs.All(input => tangents[input] is null))
            return null;
        return graph.Concat([.. node.Inputs.Select(input => tangents[input] ?? graph.Fill(0, graph[input].Shape))], ((ConcatOp)node.Op).Axis, DerivativeRule.TangentName(node));
    }
}
