using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>
/// Gives each part of joined tensors a map of its own that nothing else reads: it has its place in the memory of the whole, and runs in the kernel of the part's producer
/// where it can, which so writes straight into the whole.
/// </summary>
internal static class PlaceParts
{
    public static TensorGraph Run(TensorGraph graph)
    {
        if (!graph.Nodes.Any(node => node.Op is ConcatOp))
            return graph;
        ScalarBuilder scalar = new();
        ScalarFunction identity = scalar.Build(1, scalar.Input(0));
        List<GraphNode> nodes = [];
        int[] map = new int[graph.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            GraphNode node = graph.Nodes[i];
            int[] inputs = [.. node.Inputs.Select(input => map[input])];
            if (node.Op is ConcatOp)
            {
                for (int part = 0; part < inputs.Length; part++)
                {
                    nodes.Add(new GraphNode(new MapOp(identity), [inputs[part]], nodes[inputs[part]].Shape, node.Name) { Again = node.Again });
                    inputs[part] = nodes.Count - 1;
                }
            }

            map[i] = nodes.Count;
            nodes.Add(node with { Inputs = inputs.ToEquatableArray() });
        }

        return new TensorGraph(nodes.ToEquatableArray(), graph.Outputs.Select(output => output with { Node = map[output.Node] }).ToEquatableArray());
    }
}
