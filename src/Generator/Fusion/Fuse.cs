using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>Turns a graph into kernels.</summary>
internal static class Fuse
{
    public static KernelList Run(TensorGraph graph)
    {
        graph = CopyOutputs(SinkReshapes.Run(graph));
        bool[] computed = Materialize.Run(graph);
        Grouping grouping = new(graph, computed);
        KernelList kernels = new KernelBuilder(graph, computed, grouping).Build();
        kernels = new KernelList(kernels.Tensors, kernels.Kernels.Select(kernel => CollapseAxes.Run(FlipAxes.Run(kernel))).ToEquatableArray());
        KernelVerifier.Check(kernels);
        return kernels;
    }

    /// <summary>An output that is a source, or that leaves twice, becomes a copy of its own: each output is one computed node with one target.</summary>
    private static TensorGraph CopyOutputs(TensorGraph graph)
    {
        ScalarBuilder scalar = new();
        ScalarFunction identity = scalar.Build(1, scalar.Input(0));
        List<GraphNode> nodes = [.. graph.Nodes];
        List<GraphOutput> outputs = [];
        HashSet<int> taken = [];
        foreach (GraphOutput output in graph.Outputs)
        {
            GraphNode node = graph.Nodes[output.Node];
            if (node.Op is not (SourceOp or IotaOp) && taken.Add(output.Node))
            {
                outputs.Add(output);
                continue;
            }

            outputs.Add(new GraphOutput(nodes.Count, output.Target));
            nodes.Add(new GraphNode(new MapOp(identity), [output.Node], node.Shape, node.Name));
        }

        return new TensorGraph(nodes.ToEquatableArray(), outputs.ToEquatableArray());
    }
}
