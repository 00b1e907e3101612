using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>The loops that compute a node: one axis for each axis of its output, or of what it reduces.</summary>
/// <param name="Outer">For each axis of the node's shape, the domain's axis; −1 where the node's axis has size 1.</param>
internal sealed record Domain(int[] Extents, bool[] Batched, int[] Outer, int[] Inner)
{
    public int Axes => Extents.Length;

    public static Domain Of(TensorGraph graph, int number)
    {
        GraphNode node = graph.Nodes[number];
        switch (node.Op)
        {
            case ContractOp contract:
                return new Domain(
                    contract.Loops.Select(loop => loop.Extent).ToArray(),
                    contract.Loops.Select(loop => loop.Batched).ToArray(),
                    Enumerable.Range(0, contract.OutputRank).Select(axis => IsUnit(contract.Loops[axis]) ? -1 : axis).ToArray(),
                    Enumerable.Range(contract.OutputRank, contract.Loops.Count - contract.OutputRank).Where(axis => !IsUnit(contract.Loops[axis])).ToArray());
            case ScatterOp:
                // The rows of the table, the numbers that are looked up, what a row holds.
                Shape values = graph.Nodes[node.Inputs[0]].Shape, numbers = graph.Nodes[node.Inputs[1]].Shape;
                return new Domain(
                    [node.Shape[0], .. values.Dims],
                    [false, .. values.Dims.Select((_, axis) => axis == 0 && values.Batched)],
                    [0, .. Enumerable.Range(1, node.Shape.Rank - 1).Select(axis => IsUnit(node.Shape, axis) ? -1 : axis + numbers.Rank)],
                    [.. Enumerable.Range(1, numbers.Rank)]);
            case ReduceOp reduce:
                Shape from = graph.Nodes[node.Inputs[0]].Shape;
                return new Domain(
                    from.Dims.ToArray(),
                    from.Dims.Select((_, axis) => axis == 0 && from.Batched).ToArray(),
                    Enumerable.Range(0, from.Rank).Select(axis => reduce.Axes.Contains(axis) || IsUnit(from, axis) ? -1 : axis).ToArray(),
                    reduce.Axes.Where(axis => !IsUnit(from, axis)).ToArray());
            default:
                return new Domain(
                    node.Shape.Dims.ToArray(),
                    node.Shape.Dims.Select((_, axis) => axis == 0 && node.Shape.Batched).ToArray(),
                    Enumerable.Range(0, node.Shape.Rank).Select(axis => IsUnit(node.Shape, axis) ? -1 : axis).ToArray(),
                    []);
        }
    }

    /// <summary>An axis that needs no loop. A batch of one row is still a loop: its size is only the unit of the run-time rows.</summary>
    private static bool IsUnit(LoopIndex loop) => loop.Extent == 1 && !loop.Batched;

    private static bool IsUnit(Shape shape, int axis) => shape[axis] == 1 && !(axis == 0 && shape.Batched);
}
