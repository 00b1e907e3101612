using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>
/// Decides which nodes are computed on their own; all others are folded into whoever uses them. Computed are: sums and contractions; what leaves the graph;
/// what a contraction or an irregular movement reads; and a map that is expensive and would be evaluated more than once, but for the passes of an optimizer: no memory is planned for a run of
/// parameters, which may have any length.
/// </summary>
internal static class Materialize
{
    /// <summary>A cheap map with several users is evaluated by each of them up to this many operations.</summary>
    private const int RecomputeLimit = 16;

    /// <param name="copiesOverwritten">Whether all that updates in place read at other positions becomes a copy, even of memory that another update overwrites.</param>
    public static bool[] Run(TensorGraph graph, bool copiesOverwritten = false)
    {
        bool[] computed = new bool[graph.Nodes.Count];
        List<int>[] users = Users(graph);
        HashSet<BufferRef> targets = [.. graph.Outputs.Select(output => output.Target)];
        bool isOverRun = graph.Outputs.Any(output => output.Target.Kind == BufferKind.Sum);
        foreach (GraphOutput output in graph.Outputs)
        {
            // What is overwritten element by element can't be read at other positions meanwhile.
            computed[output.Node] = true;
            foreach (int input in graph.Nodes[output.Node].Inputs)
                computed[input] |= ReadsMoved(graph, input, buffer => copiesOverwritten ? targets.Contains(buffer) : buffer == output.Target);
        }

        for (int number = graph.Nodes.Count - 1; number >= 0; number--)
        {
            GraphNode node = graph.Nodes[number];
            if (node.Op.IsGiven)
            {
                computed[number] = false;
                continue;
            }

            computed[number] |= node.Op is ContractOp or ReduceOp or ScatterOp or ScanOp or ConcatOp
                || users[number].Any(user => NeedsMemory(graph, users, user, number))
                || (node.Op is MapOp && FinishesContraction(graph, users, number) && !GoesOn(graph, users, number))
                || (!isOverRun && node.Op is MapOp map && IsExpensive(map) && Evaluations(graph, users, number) > node.Shape.Count);
        }

        int[] weight = new int[graph.Nodes.Count];
        for (int number = 0; number < graph.Nodes.Count; number++)
        {
            if (computed[number] || graph.Nodes[number].Op is not MapOp map)
                continue;
            weight[number] = map.Body.Nodes.Sum(node => node.Op.Flops()) + graph.Nodes[number].Inputs.Sum(input => graph.Nodes[input].Op is RandomOp ? RecomputeLimit : weight[input]);
            if (!isOverRun && users[number].Count > 1 && weight[number] > RecomputeLimit)
            {
                computed[number] = true;
                weight[number] = 0;
            }
        }

        return computed;
    }

    /// <summary>Whether a node reads memory at other positions than its own, by movements that are folded into it or by its own sum.</summary>
    public static bool ReadsMoved(TensorGraph graph, int node, Func<BufferRef, bool> isOf)
    {
        Stack<(int Node, bool IsMoved)> open = new([(node, false)]);
        HashSet<(int, bool)> seen = [];
        while (open.Count > 0)
        {
            (int number, bool isMoved) = open.Pop();
            GraphOp op = graph.Nodes[number].Op;
            if (!seen.Add((number, isMoved)) || (number != node && op is ContractOp or ReduceOp or ScatterOp or ScanOp))
                continue;
            if (op is SourceOp source && isMoved && isOf(source.Buffer))
                return true;
            foreach (int input in graph.Nodes[number].Inputs)
                open.Push((input, isMoved || op is not (MapOp or ReshapeOp)));
        }

        return false;
    }

    public static List<int>[] Users(TensorGraph graph)
    {
        List<int>[] users = Enumerable.Range(0, graph.Nodes.Count).Select(_ => new List<int>()).ToArray();
        for (int number = 0; number < graph.Nodes.Count; number++)
        {
            foreach (int input in graph.Nodes[number].Inputs)
            {
                if (!users[input].Contains(number))
                    users[input].Add(number);
            }
        }

        return users;
    }

    private static bool NeedsMemory(TensorGraph graph, List<int>[] users, int user, int input) => graph.Nodes[user].Op switch
    {
        // A movement that a contraction reads only renames positions, unless positions are divided.
        ContractOp contract => graph.Nodes[input].Op is not (TransposeOp or SliceOp or ReshapeOp)
            || contract.Left.Concat(contract.Right).Any(index => index.Divisor != 1)
            || (!IsPlainMovement(graph, input) && LeavesAxis(graph, graph.Nodes[user], contract, input)),
        PadOp or ViewOp => graph.Nodes[input].Op is not ReshapeOp,
        GatherOp or ConcatOp => true,
        ScanOp scan => graph.Nodes[input].Op is not ReshapeOp && !IsOnlyBegun(graph, graph.Nodes[user], scan, input),
        ScatterOp => graph.Nodes[user].Inputs[1] == input,
        ReshapeOp when graph.Nodes[input].Op is not ReshapeOp && !IsFollowed(graph, users, user) => true,
        // A map below a movement that a contraction reads would be evaluated inside the contraction's innermost loop.
        TransposeOp or SliceOp or ReshapeOp => graph.Nodes[input].Op is MapOp && IsReadByContraction(graph, users, user),
        _ => false,
    };

    /// <summary>Whether a tensor is a constant from which a scan begins: its loop is begun with that number.</summary>
    private static bool IsOnlyBegun(TensorGraph graph, GraphNode node, ScanOp scan, int input) =>
        graph.Nodes[input] is { Op: MapOp, Inputs.Count: 0 } && !node.Inputs.Skip(scan.Loop.Carries).Contains(input);

    /// <summary>The node in whose memory a scan finds an input: a reshape lies as what it reshapes.</summary>
    public static int ScanLeaf(TensorGraph graph, bool[] computed, int input)
    {
        while (!computed[input] && graph.Nodes[input].Op is ReshapeOp)
            input = graph.Nodes[input].Inputs[0];
        return input;
    }

    /// <summary>Whether whoever reads a reshape can tell positions in its input: it only splits axes, and its readers do not read memory as it lies.</summary>
    private static bool IsFollowed(TensorGraph graph, List<int>[] users, int reshape)
    {
        GraphNode node = graph.Nodes[reshape];
        return AccessReader.SplitAxes(node.Shape, graph.Nodes[node.Inputs[0]].Shape) is not null && users[reshape].All(user => graph.Nodes[user].Op switch
        {
            PadOp or ViewOp or GatherOp or ScatterOp or ScanOp or ConcatOp => false,
            ReshapeOp => IsFollowed(graph, users, user),
            ContractOp contract => !LeavesAxis(graph, graph.Nodes[user], contract, reshape),
            _ => true,
        });
    }

    /// <summary>A movement of something in memory, through which a window's conditions can be followed.</summary>
    private static bool IsPlainMovement(TensorGraph graph, int node) =>
        graph.Nodes[node].Op is TransposeOp or ReshapeOp && graph.Nodes[graph.Nodes[node].Inputs[0]].Op is not (TransposeOp or SliceOp or ReshapeOp or PadOp);

    private static bool LeavesAxis(TensorGraph graph, GraphNode node, ContractOp contract, int input)
    {
        int[] extents = [.. contract.Loops.Select(loop => loop.Extent)];
        return (node.Inputs[0] == input && AccessReader.LeavesAxis(graph.Nodes[input].Shape, contract.Left, extents))
            || (node.Inputs[1] == input && AccessReader.LeavesAxis(graph.Nodes[input].Shape, contract.Right, extents));
    }

    private static bool IsReadByContraction(TensorGraph graph, List<int>[] users, int movement) => users[movement].Any(user =>
        graph.Nodes[user].Op is ContractOp || (graph.Nodes[user].Op is TransposeOp or SliceOp or ReshapeOp && IsReadByContraction(graph, users, user)));

    /// <summary>The end of a chain of only uses of a contraction, such as adding a bias: done once where the sum is complete, instead of by every reader.</summary>
    private static bool FinishesContraction(TensorGraph graph, List<int>[] users, int number) => graph.Nodes[number].Inputs.Any(input =>
        users[input].Count == 1 && graph.Nodes[input].Shape == graph.Nodes[number].Shape
        && (graph.Nodes[input].Op is ContractOp || (graph.Nodes[input].Op is MapOp && FinishesContraction(graph, users, input))));

    /// <summary>Whether the only use of a map is another one over the same elements, which then is the end of the chain.</summary>
    private static bool GoesOn(TensorGraph graph, List<int>[] users, int number) =>
        users[number].Count == 1 && graph.Nodes[users[number][0]].Op is MapOp && graph.Nodes[users[number][0]].Shape == graph.Nodes[number].Shape;

    private static bool IsExpensive(MapOp map) => map.Body.Nodes.Any(node => node.Op.IsExpensive());

    private static int Evaluations(TensorGraph graph, List<int>[] users, int number)
    {
        int total = 0;
        foreach (int user in users[number])
        {
            GraphNode node = graph.Nodes[user];
            total += node.Op is MapOp ? Math.Max(1, node.Shape.Count) : node.Op is TransposeOp or SliceOp or ReshapeOp
                ? Math.Max(node.Shape.Count, Evaluations(graph, users, user))
                : graph.Nodes[number].Shape.Count;
        }

        return total;
    }
}
