using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>Pass: once the gradients are in the graph, nothing needs to know any more where they were to stop.</summary>
internal static class DropStopGradients
{
    public static TensorGraph Run(TensorGraph graph)
    {
        int[] map = new int[graph.Nodes.Count];
        GraphBuilder builder = new();
        for (int i = 0; i < map.Length; i++)
        {
            GraphNode node = graph.Nodes[i];
            EquatableArray<int> inputs = node.Inputs.Select(input => map[input]).ToEquatableArray();
            map[i] = node.Op is StopGradientOp ? inputs[0] : builder.Add(node with { Inputs = inputs });
        }

        foreach (GraphOutput output in graph.Outputs)
            builder.Output(map[output.Node], output.Target);
        return builder.Build();
    }
}
