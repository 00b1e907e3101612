using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>
/// Moves a reshape that joins axes from the input of a map to its output: the map then runs over the axes before they are joined, and what comes before the reshape
/// need not be in memory. So the gradient of a pooling, which has an axis for the elements of a window, goes through the activation before it in the same loop.
/// </summary>
internal static class SinkReshapes
{
    public static TensorGraph Run(TensorGraph graph)
    {
        bool[] computed = Materialize.Run(graph);
        List<int>[] users = Materialize.Users(graph);
        HashSet<int> outputs = [.. graph.Outputs.Select(output => output.Node)];
        GraphBuilder builder = new();
        int[] map = new int[graph.Nodes.Count];
        // Reshapes with one reader, of maps with no other.
        HashSet<int> single = [];
        for (int number = 0; number < map.Length; number++)
        {
            GraphNode node = graph.Nodes[number];
            bool isSingle = users[number].Count == 1 && !outputs.Contains(number);
            if (node.Op is MapOp && !outputs.Contains(number) && Sunk(builder, graph, computed, map, single, node) is int sunk)
            {
                map[number] = builder.Reshape(sunk, node.Shape, node.Name);
                if (isSingle)
                    single.Add(map[number]);
                continue;
            }

            map[number] = builder.Add(node with { Inputs = node.Inputs.Select(input => map[input]).ToEquatableArray() });
            if (node.Op is ReshapeOp && isSingle && IsOnlyUse(graph, users, outputs, node.Inputs[0]))
                single.Add(map[number]);
        }

        foreach (GraphOutput output in graph.Outputs)
            builder.Output(map[output.Node], output.Target);
        return DeadCode.Run(builder.Build());
    }

    private static bool IsOnlyUse(TensorGraph graph, List<int>[] users, HashSet<int> outputs, int node) =>
        graph.Nodes[node].Op is MapOp && users[node].Count == 1 && !outputs.Contains(node);

    /// <summary>The map over the axes from before the reshape of one of its inputs, or null.</summary>
    private static int? Sunk(GraphBuilder builder, TensorGraph graph, bool[] computed, int[] map, HashSet<int> single, GraphNode node)
    {
        foreach (int input in node.Inputs.Where(input => single.Contains(map[input])))
        {
            GraphNode reshape = builder[map[input]];
            Shape inner = builder[reshape.Inputs[0]].Shape;
            if (reshape.Shape != node.Shape || AccessReader.SplitAxes(reshape.Shape, inner) is not null)
                continue;
            int trailing = 0;
            while (trailing < Math.Min(inner.Rank, reshape.Shape.Rank) && inner[inner.Rank - 1 - trailing] == reshape.Shape[reshape.Shape.Rank - 1 - trailing])
                trailing++;
            int[] inputs = [.. node.Inputs.Select(other => Before(other))];
            if (inputs.All(other => other >= 0))
                return builder.Add(node with { Inputs = inputs.ToEquatableArray(), Shape = inner });

            // The input as seen from before the reshape; −1 where that would cost more than it saves.
            int Before(int other)
            {
                GraphNode operand = builder[map[other]];
                if (operand.Shape.Rank <= trailing && !operand.Shape.Batched)
                    return map[other];
                if (operand.Shape != node.Shape)
                    return -1;
                if (operand.Op is ReshapeOp && builder[operand.Inputs[0]].Shape == inner)
                    return operand.Inputs[0];
                return computed[other] || graph.Nodes[other].Op is SourceOp ? builder.Reshape(map[other], inner, operand.Name) : -1;
            }
        }

        return null;
    }
}
