using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>Pass: drops the nodes that no output needs; the others keep their order.</summary>
internal static class DeadCode
{
    public static TensorGraph Run(TensorGraph graph)
    {
        bool[] live = new bool[graph.Nodes.Count];
        foreach (GraphOutput output in graph.Outputs)
            live[output.Node] = true;
        for (int i = live.Length - 1; i >= 0; i--)
        {
            if (!live[i])
                continue;
            foreach (int input in graph.Nodes[i].Inputs)
                live[input] = true;
        }

        int[] map = new int[live.Length];
        List<GraphNode> kept = [];
        for (int i = 0; i < live.Length; i++)
        {
            if (!live[i])
                continue;
            map[i] = kept.Count;
            GraphNode node = graph.Nodes[i];
            kept.Add(node with { Inputs = node.Inputs.Select(input => map[input]).ToEquatableArray() });
        }

        return new TensorGraph(kept.ToEquatableArray(), graph.Outputs.Select(output => output with { Node = map[output.Node] }).ToEquatableArray());
    }
}
