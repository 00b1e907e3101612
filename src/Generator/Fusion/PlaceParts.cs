using OptGen.Generator.Graph;

namespace OptGen.Generator.Fusion;

/// <summary>
/// Gives each part of joined tensors a map of its own that nothing else reads: it has its place in the memory of the whole, and runs in the kernel of the part's producer
/// where it can, which so writes straight into the whole.
/// </summary>
internal static class PlaceParts
{
    public static TensorGraph Run(TensorGraph graph) => CopyInputs.Run(graph, (node, _) => node.Op is ConcatOp ? node.Name : null);
}
