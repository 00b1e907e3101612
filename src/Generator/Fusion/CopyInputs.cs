using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>Gives nodes copies of their inputs, which nothing else reads: maps that change nothing, but have a place in memory of their own.</summary>
internal static class CopyInputs
{
    /// <param name="nameOf">The name for the copy of a node's input; null where the node reads the input itself.</param>
    public static TensorGraph Run(TensorGraph graph, Func<GraphNode, int, string?> nameOf)
    {
        if (!graph.Nodes.Any(node => node.Inputs.Any(input => nameOf(node, input) is not null)))
            return graph;
        List<GraphNode> nodes = [];
        int[] map = new int[graph.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            GraphNode node = graph.Nodes[i];
            EquatableArray<int> inputs = node.Inputs.Select(input => nameOf(node, input) is { } name ? Copy(node, input, name) : map[input]).ToEquatableArray();
            map[i] = nodes.Count;
            nodes.Add(node with { Inputs = inputs });
        }

        return new TensorGraph(nodes.ToEquatableArray(), graph.Outputs.Select(output => output with { Node = map[output.Node] }).ToEquatableArray());

        int Copy(GraphNode reader, int input, string name)
        {
            nodes.Add(new GraphNode(new MapOp(Compose.Identity), [map[input]], graph.Nodes[input].Shape, name) { Again = reader.Again });
            return nodes.Count - 1;
        }
    }
}
