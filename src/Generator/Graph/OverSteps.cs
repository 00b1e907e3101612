using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>
/// Computes nodes of a scan's body for all steps at once: what a step gets becomes a tensor with an axis for the steps (see <see cref="ScanLoop.Over"/>), and every primitive
/// has a form with that axis. What is the same in all steps stays as it is.
/// </summary>
/// <param name="source">The graph of one step.</param>
/// <param name="target">Where the tensors of all steps go; may be the same graph.</param>
/// <param name="leaf">The tensor of all steps for a node at which to stop, and whether it has their axis; null to go on.</param>
/// <param name="isGiven">Whether a node is there already, so that its sum can't be moved to its operands.</param>
internal sealed class OverSteps(GraphBuilder source, GraphBuilder target, int steps, Func<int, (int Node, bool Varies)?> leaf, Func<int, bool> isGiven)
{
    private readonly Dictionary<int, (int Node, bool Varies)> _lifted = [];

    public GraphBuilder Target => target;

    /// <summary>The tensor of all steps, and whether it has their axis.</summary>
    public (int Node, bool Varies) Lift(int number)
    {
        if (_lifted.TryGetValue(number, out (int, bool) done))
            return done;
        if (leaf(number) is not (int, bool) result)
        {
            GraphNode node = source[number];
            (int Node, bool Varies)[] inputs = [.. node.Inputs.Select(Lift)];
            result = inputs.Any(input => input.Varies)
                ? (Vary(node, inputs), true)
                : (target.Add(node.Op, inputs.Select(input => input.Node).ToEquatableArray(), node.Shape, node.Name), false);
        }

        _lifted[number] = result;
        return result;
    }

    /// <summary>The sum of a node over all steps. Sums go as far towards the operands as they may: a sum of products over rows becomes one over rows and steps.</summary>
    public int Sum(int number)
    {
        GraphNode node = source[number];
        if (!isGiven(number) && node.Inputs.Count > 0)
        {
            (int Node, bool Varies)[] Inputs() => [.. node.Inputs.Select(Lift)];
            switch (node.Op)
            {
                case ContractOp contract when Inputs() is var inputs && inputs.Any(input => input.Varies):
                    return SumContract(node, contract, inputs);
                case ReduceOp { Kind: ReduceKind.Sum } reduce when Lift(node.Inputs[0]) is (int all, true):
                    Shape from = source[node.Inputs[0]].Shape;
                    int axis = ScanLoop.AxisOf(from);
                    return target.Reshape(target.Reduce(ReduceKind.Sum, all, [axis, .. reduce.Axes.Select(each => each >= axis ? each + 1 : each)], node.Name), node.Shape, node.Name);
                case ScatterOp when Inputs() is var parts && parts.All(part => part.Varies):
                    return target.Scatter(parts[0].Node, parts[1].Node, node.Shape, node.Name);
                case ReshapeOp:
                    return target.Reshape(Sum(node.Inputs[0]), node.Shape, node.Name);
                case TransposeOp or SliceOp or PadOp:
                    return target.Add(node.Op, [Sum(node.Inputs[0])], node.Shape, node.Name);
                case MapOp map when IsSum(node, map):
                    return target.Map(map.Body, [.. node.Inputs.Select(Sum)], node.Shape, node.Name);
            }
        }

        (int stacked, bool varies) = Lift(number);
        if (varies)
            return target.Reshape(target.Reduce(ReduceKind.Sum, stacked, [ScanLoop.AxisOf(node.Shape)], node.Name), node.Shape, node.Name);
        ScalarBuilder scalar = new();
        return target.Map(scalar.Build(1, scalar.Apply(ScalarOp.Multiply, scalar.Input(0), scalar.Constant(steps))), [stacked], node.Name);
    }

    /// <summary>Whether a node that varies has a form for all steps.</summary>
    public static bool IsKnown(GraphBuilder graph, int number, Func<int, bool> varies) => graph[number].Op switch
    {
        ScatterOp or ScanOp or RandomOp => false,
        GatherOp => !varies(graph[number].Inputs[0]),
        _ => true,
    };

    private int Vary(GraphNode node, (int Node, bool Varies)[] inputs)
    {
        int axis = ScanLoop.AxisOf(node.Shape);
        Shape shape = ScanLoop.Over(node.Shape, steps);
        switch (node.Op)
        {
            case MapOp map:
                return target.Map(map.Body, [.. inputs.Select((input, i) => Align(input, source[node.Inputs[i]].Shape, node.Shape))], shape, node.Name);
            case ReduceOp reduce:
                int inner = ScanLoop.AxisOf(source[node.Inputs[0]].Shape);
                return target.Reshape(target.Reduce(reduce.Kind, inputs[0].Node, [.. reduce.Axes.Select(each => each >= inner ? each + 1 : each)], node.Name), shape, node.Name);
            case ContractOp contract:
                int Shift(int loop) => loop >= axis ? loop + 1 : loop;
                ContractOp over = contract with
                {
                    Loops = contract.Loops.Take(axis).Append(new LoopIndex(steps, false)).Concat(contract.Loops.Skip(axis)).ToEquatableArray(),
                    OutputRank = contract.OutputRank + 1,
                    Left = Over(contract.Left, Shift, axis, source[node.Inputs[0]].Shape, inputs[0].Varies),
                    Right = Over(contract.Right, Shift, axis, source[node.Inputs[1]].Shape, inputs[1].Varies),
                };
                return target.Contract(over, inputs[0].Node, inputs[1].Node, node.Name);
            case ReshapeOp:
                return target.Reshape(inputs[0].Node, shape, node.Name);
            case TransposeOp transpose:
                int[] order = [.. transpose.Permutation.Select(each => each >= axis ? each + 1 : each)];
                return target.Transpose(inputs[0].Node, [.. order.Take(axis), axis, .. order.Skip(axis)], node.Name);
            case SliceOp slice:
                return target.Slice(inputs[0].Node, With(slice.Starts, axis, 0), With(slice.Steps, axis, 1), shape, node.Name);
            case PadOp pad:
                return target.Pad(inputs[0].Node, With(pad.Starts, axis, 0), With(pad.Steps, axis, 1), shape, node.Name);
            case ConcatOp concat:
                int[] parts = [.. inputs.Select((input, i) => input.Varies ? input.Node : Repeat(input.Node, source[node.Inputs[i]].Shape))];
                return target.Concat(parts, concat.Axis >= axis ? concat.Axis + 1 : concat.Axis, node.Name);
            case ViewOp view:
                return target.View(inputs[0].Node, Over(view.Index, loop => loop >= axis ? loop + 1 : loop, axis, source[node.Inputs[0]].Shape, varies: true), shape, view.Outside, node.Name);
            case GatherOp when !inputs[0].Varies:
                return target.Gather(inputs[0].Node, inputs[1].Node, node.Name);
            case StopGradientOp:
                return target.StopGradient(inputs[0].Node, node.Name);
            default:
                throw new InvalidOperationException($"{node.Op.GetType().Name} has no form for all steps");
        }
    }

    /// <summary>An operand of a map whose axes line up with those of the map for all steps.</summary>
    private int Align((int Node, bool Varies) input, Shape own, Shape map)
    {
        int rank = map.Rank - ScanLoop.AxisOf(map);
        if (input.Varies)
        {
            if (own.Batched || own.Rank == rank)
                return input.Node;

            // What is the same for all rows has an axis of size 1 where others hold rows, or none.
            Shape aligned = own.Rank > rank ? Shape.Of([1, steps, .. own.Dims.Skip(1)]) : Shape.Of([steps, .. Enumerable.Repeat(1, rank - own.Rank), .. own.Dims]);
            return target.Reshape(input.Node, aligned, target[input.Node].Name);
        }

        return own.Batched ? target.Reshape(input.Node, ScanLoop.Over(own, 1), target[input.Node].Name) : input.Node;
    }

    /// <summary>What is the same in all steps, once for each.</summary>
    private int Repeat(int input, Shape own) => target.Broadcast(target.Reshape(input, ScanLoop.Over(own, 1)), ScanLoop.Over(own, steps), target[input].Name);

    private static EquatableArray<AffineIndex> Over(EquatableArray<AffineIndex> index, Func<int, int> shift, int loop, Shape shape, bool varies)
    {
        IEnumerable<AffineIndex> shifted = index.Select(position => position with { Terms = position.Terms.Select(term => term with { Loop = shift(term.Loop) }).ToEquatableArray() });
        int axis = ScanLoop.AxisOf(shape);
        return (varies ? shifted.Take(axis).Append(AffineIndex.Of(loop)).Concat(shifted.Skip(axis)) : shifted).ToEquatableArray();
    }

    private static int[] With(EquatableArray<int> numbers, int axis, int number) => [.. numbers.Take(axis), number, .. numbers.Skip(axis)];

    private int SumContract(GraphNode node, ContractOp contract, (int Node, bool Varies)[] inputs)
    {
        int loop = contract.Loops.Count;
        ContractOp summed = contract with
        {
            Loops = contract.Loops.Append(new LoopIndex(steps, false)).ToEquatableArray(),
            Left = Over(contract.Left, each => each, loop, source[node.Inputs[0]].Shape, inputs[0].Varies),
            Right = Over(contract.Right, each => each, loop, source[node.Inputs[1]].Shape, inputs[1].Varies),
        };
        return target.Contract(summed, inputs[0].Node, inputs[1].Node, node.Name);
    }

    /// <summary>Whether a map does nothing but add tensors of its own shape.</summary>
    private bool IsSum(GraphNode node, MapOp map) =>
        node.Inputs.All(input => source[input].Shape == node.Shape)
        && map.Body.Nodes.All(value => value.Op is ScalarOp.Input or ScalarOp.Add)
        && map.Body.Nodes.Count(value => value.Op == ScalarOp.Add) == node.Inputs.Count - 1;
}
