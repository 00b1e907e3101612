using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>One tensor of a graph.</summary>
/// <param name="Inputs">Positions of the operands in the graph's node list; all smaller than this node's own.</param>
/// <param name="Name">From the user's source where there is one, such as <c>hiddenKernel</c>; for comments and emitted names.</param>
internal sealed record GraphNode(GraphOp Op, EquatableArray<int> Inputs, Shape Shape, string Name);

/// <summary>A tensor that leaves the graph.</summary>
internal readonly record struct GraphOutput(int Node, BufferRef Target);

/// <summary>
/// Tensors in topological order over few primitives. An output whose target is also a source of the graph is written in place: every node that reads
/// the source sees the content from before the program.
/// </summary>
internal sealed record TensorGraph(EquatableArray<GraphNode> Nodes, EquatableArray<GraphOutput> Outputs);
