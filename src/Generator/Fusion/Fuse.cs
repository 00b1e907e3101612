using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>Turns a graph into kernels.</summary>
internal static class Fuse
{
    public static KernelList Run(TensorGraph graph)
    {
        graph = Prepare(graph);
        KernelParts parts = new();
        KernelBuilder builder = new(graph, parts);
        EquatableArray<Kernel> built = builder.Build().Select(kernel => CollapseAxes.Run(FlipAxes.Run(kernel))).ToEquatableArray();
        KernelList kernels = new(parts.Tensors.ToEquatableArray(), built) { Loops = parts.Loops.ToEquatableArray() };
        KernelVerifier.Check(kernels);
        return kernels;
    }

    /// <summary>The passes after which every node is one that kernels can compute or read.</summary>
    public static TensorGraph Prepare(TensorGraph graph) => PlaceParts.Run(CopyOutputs(SinkReshapes.Run(CopyGiven(graph))));

    /// <summary>Indices and random numbers are computed where a map reads them; for anything else that changes positions under conditions they become a copy in memory.</summary>
    private static TensorGraph CopyGiven(TensorGraph graph)
    {
        bool IsReadByMaps(GraphNode reshape) => graph.Nodes.Where(node => node.Inputs.Any(input => ReferenceEquals(graph.Nodes[input], reshape))).All(node => node.Op is MapOp or ReduceOp);
        bool IsComputedWhereRead(int node) => graph.Nodes[node].Op is IotaOp or RandomOp;
        bool NeedsCopy(GraphNode user, int input) => IsComputedWhereRead(input)
            && (user.Op is PadOp or ViewOp or GatherOp or ScatterOp or ContractOp or ScanOp
                || (user.Op is ReshapeOp && !(AccessReader.SplitAxes(user.Shape, graph.Nodes[input].Shape) is not null && IsReadByMaps(user))));
        return CopyInputs.Run(graph, (node, input) => NeedsCopy(node, input) ? graph.Nodes[input].Name + "Copy" : null);
    }

    /// <summary>
    /// An output that is a source, or that leaves twice, becomes a copy of its own: each output is one computed node with one target. So does a gradient or a buffer of the
    /// model that other nodes read: kernels read such memory as it was before the program. What only moves memory that is overwritten is moved first, and then copied.
    /// </summary>
    private static TensorGraph CopyOutputs(TensorGraph graph)
    {
        List<GraphNode> nodes = [.. graph.Nodes];
        List<GraphOutput> outputs = [];
        HashSet<BufferRef> targets = [.. graph.Outputs.Select(output => output.Target)];
        HashSet<int> taken = [], read = [.. graph.Nodes.SelectMany(node => node.Inputs), .. graph.Outputs.GroupBy(output => output.Node).Where(same => same.Count() > 1).Select(same => same.Key)];
        foreach (GraphOutput output in graph.Outputs)
        {
            GraphNode node = graph.Nodes[output.Node];
            bool isReadAsSource = output.Target.Kind is BufferKind.Gradient or BufferKind.Kept && read.Contains(output.Node);
            // The steps of a scan read what an update in place would overwrite, and the parts of what is joined are written at different times.
            bool isUpdate = node.Op is ScanOp or ConcatOp && output.Target.Kind is BufferKind.Parameter or BufferKind.State or BufferKind.Kept;
            bool isMovedUpdate = node.Op is not MapOp && Materialize.ReadsMoved(graph, output.Node, targets.Contains);
            if (!node.Op.IsGiven && !isUpdate && !isMovedUpdate && !isReadAsSource && taken.Add(output.Node))
            {
                outputs.Add(output);
                continue;
            }

            outputs.Add(new GraphOutput(nodes.Count, output.Target));
            nodes.Add(new GraphNode(new MapOp(Compose.Identity), [output.Node], node.Shape, node.Name));
        }

        return new TensorGraph(nodes.ToEquatableArray(), outputs.ToEquatableArray());
    }
}
