using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>
/// Copies, in the body of a scan, what lies spread out in a larger tensor but is read as if its elements were neighbours: in the order of memory, under another shape.
/// </summary>
internal static class ScanCopies
{
    public static TensorGraph Run(TensorGraph graph)
    {
        List<int>[] users = Materialize.Users(graph);
        HashSet<int> spread = [.. graph.Outputs.Where(output => output.Target.Kind == BufferKind.Stacked).Select(output => output.Node)];
        for (int node = 0; node < graph.Nodes.Count; node++)
        {
            if (graph.Nodes[node].Op is SourceOp { Buffer.Kind: BufferKind.Sequence })
                spread.Add(node);
        }

        spread.RemoveWhere(node => !IsReadInOrder(graph, users, node, reshaped: false));
        if (spread.Count == 0)
            return graph;
        List<GraphNode> nodes = [];
        int[] map = new int[graph.Nodes.Count];
        Dictionary<int, int> copies = [];
        for (int i = 0; i < map.Length; i++)
        {
            GraphNode node = graph.Nodes[i];
            bool reshapes = node.Op is ReshapeOp;
            map[i] = nodes.Count;
            nodes.Add(node with { Inputs = node.Inputs.Select(input => reshapes && copies.TryGetValue(input, out int copy) ? copy : map[input]).ToEquatableArray() });
            if (!spread.Contains(i))
                continue;
            copies[i] = nodes.Count;
            nodes.Add(new GraphNode(new MapOp(Compose.Identity), [map[i]], node.Shape, node.Name + "Copy"));
        }

        return new TensorGraph(nodes.ToEquatableArray(), graph.Outputs.Select(output => output with { Node = map[output.Node] }).ToEquatableArray());
    }

    private static bool IsReadInOrder(TensorGraph graph, List<int>[] users, int node, bool reshaped) => users[node].Any(user => graph.Nodes[user].Op switch
    {
        ReshapeOp => AccessReader.SplitAxes(graph.Nodes[user].Shape, graph.Nodes[node].Shape) is null || IsReadInOrder(graph, users, user, reshaped: true),
        TransposeOp or SliceOp => IsReadInOrder(graph, users, user, reshaped),
        PadOp or ViewOp or GatherOp or ScatterOp => reshaped,
        ContractOp contract => reshaped && contract.Left.Concat(contract.Right).Any(index => index.AsLoop < 0),
        _ => false,
    });
}
