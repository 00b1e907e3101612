using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>One tensor of a graph.</summary>
/// <param name="Inputs">Positions of the operands in the graph's node list; all smaller than this node's own.</param>
/// <param name="Name">From the user's source where there is one, such as <c>hiddenKernel</c>; for comments and emitted names.</param>
internal sealed record GraphNode(GraphOp Op, EquatableArray<int> Inputs, Shape Shape, string Name)
{
    /// <summary>
    /// For what is computed a second time, the number of the layer that it lies in; 0 otherwise. Such a node is not shared with an equal one from before, and runs in
    /// no kernel from before.
    /// </summary>
    public int Again { get; init; }
}

/// <summary>Neighbouring nodes of a graph: from the first up to, but not including, the last.</summary>
internal readonly record struct NodeRange(int From, int To);

/// <summary>A tensor that leaves the graph.</summary>
internal readonly record struct GraphOutput(int Node, BufferRef Target);

/// <summary>
/// Tensors in topological order over few primitives. An output whose target is also a source of the graph is written in place: every node that reads
/// the source sees the content from before the program.
/// </summary>
internal sealed record TensorGraph(EquatableArray<GraphNode> Nodes, EquatableArray<GraphOutput> Outputs);
