using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>
/// The derivative of each primitive. An adjoint may be smaller than its node, as long as it broadcasts to it: the gradient of a sum is one number, which is
/// spread out only where something needs it spread.
/// </summary>
internal static class DerivativeRules
{
    /// <summary>What a node with the given adjoint adds to the adjoints of its active inputs.</summary>
    public static IEnumerable<(int Input, int Adjoint)> Send(GraphBuilder graph, int number, int adjoint, bool[] active)
    {
        GraphNode node = graph[number];
        if (node.Inputs.Count == 0 || node.Op is StopGradientOp)
            return [];
        if (node.Op is MapOp map)
            return Map(graph, number, map, adjoint, active);
        int input = node.Inputs[0];
        Shape shape = graph[input].Shape;
        string name = graph[input].Name.Length == 0 ? "" : graph[input].Name + "Gradient";
        // One number for all elements is the same number however they are arranged.
        if (graph[adjoint].Shape == Shape.Scalar && node.Op is (ReshapeOp or TransposeOp or PadOp))
            return [(input, adjoint)];
        int Whole() => graph.Broadcast(adjoint, node.Shape);
        switch (node.Op)
        {
            case ReduceOp { Kind: ReduceKind.Sum }:
                return [(input, adjoint)];
            case ReduceOp:
                return [(input, Extremum(graph, number, adjoint, name))];
            case ReshapeOp:
                return [(input, graph.Reshape(Whole(), shape, name))];
            case TransposeOp transpose:
                return [(input, graph.Transpose(Whole(), Inverse(transpose.Permutation), name))];
            case SliceOp slice:
                return [(input, graph.Pad(Whole(), slice.Starts.ToArray(), slice.Steps.ToArray(), shape, name))];
            case PadOp pad:
                return [(input, graph.Slice(Whole(), pad.Starts.ToArray(), pad.Steps.ToArray(), shape, name))];
            case ViewOp view:
                return [(input, ContractRule.Gradient(graph, view, Whole(), input))];
            case GatherOp:
                return [(input, graph.Scatter(Whole(), node.Inputs[1], shape, name))];
            case ScatterOp:
                return [(input, graph.Gather(Whole(), node.Inputs[1], name))];
            case ContractOp contract:
                return Contract(graph, node, contract, Whole(), active);
            default:
                throw new InvalidOperationException($"{node.Op.GetType().Name} has no derivative");
        }
    }

    /// <summary>Derivative times adjoint in one map, summed over the axes along which the input was repeated.</summary>
    private static IEnumerable<(int, int)> Map(GraphBuilder graph, int number, MapOp map, int adjoint, bool[] active)
    {
        GraphNode node = graph[number];
        // An input that occurs twice is one variable.
        int[] inputs = node.Inputs.Distinct().ToArray();
        ScalarFunction body = Compose.Rename(map.Body, node.Inputs.Select(input => Array.IndexOf(inputs, input)).ToArray(), inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!active[inputs[i]])
                continue;
            // Inputs of the derivative: those of the map, its value, the adjoint.
            ScalarFunction derivative = Differentiate.InTermsOfOutput(body, i);
            if (derivative.Nodes[derivative.Outputs[0]] is { Op: ScalarOp.Constant, Value: 0 })
                continue;
            ScalarBuilder scalar = new();
            int[] arguments = Enumerable.Range(0, inputs.Length + 2).Select(scalar.Input).ToArray();
            int product = Differentiate.Times(scalar, scalar.Inline(derivative, arguments)[0], arguments[inputs.Length + 1]);
            ScalarFunction scaled = Compose.DropUnread(scalar.Build(arguments.Length, product), out int[] kept);
            int[] operands = kept.Select(argument => argument < inputs.Length ? inputs[argument] : argument == inputs.Length ? number : adjoint).ToArray();
            Shape shape = graph[inputs[i]].Shape;
            string name = graph[inputs[i]].Name.Length == 0 ? "" : graph[inputs[i]].Name + "Gradient";
            int result = shape == node.Shape ? graph.Map(scaled, operands, name) : SumTo(graph, graph.Map(scaled, operands, node.Shape, name), shape, name);
            yield return (inputs[i], result);
        }
    }

    /// <summary>The sum over the axes along which a tensor of <paramref name="shape"/> was repeated to become as large as the node.</summary>
    private static int SumTo(GraphBuilder graph, int node, Shape shape, string name)
    {
        Shape from = graph[node].Shape;
        int lead = from.Rank - shape.Rank;
        int[] axes = Enumerable.Range(0, from.Rank)
            .Where(axis => axis < lead || (shape[axis - lead] == 1 && from[axis] != 1) || (axis == 0 && from.Batched && !shape.Batched))
            .ToArray();
        return graph.Reshape(graph.Reduce(ReduceKind.Sum, node, axes, name), shape, name);
    }

    /// <summary>An extremum's gradient goes to the elements that attain it, in equal shares.</summary>
    private static int Extremum(GraphBuilder graph, int number, int adjoint, string name)
    {
        GraphNode node = graph[number];
        ReduceOp reduce = (ReduceOp)node.Op;
        int input = node.Inputs[0];
        ScalarBuilder scalar = new();
        int attained = scalar.Apply(ScalarOp.Equal, scalar.Input(0), scalar.Input(1));
        int mask = graph.Map(scalar.Build(2, scalar.Apply(ScalarOp.Select, attained, scalar.Constant(1), scalar.Constant(0))), [input, number]);
        string own = node.Name.Length == 0 ? "extremum" : node.Name;
        int count = graph.Reduce(ReduceKind.Sum, mask, reduce.Axes.ToArray(), own + "Ties");
        int share = graph.Map(ScalarOp.Divide, adjoint, count, own + "Share");
        int chosen = scalar.Apply(ScalarOp.Select, attained, scalar.Input(2), scalar.Constant(0));
        return graph.Map(scalar.Build(3, chosen), [input, number, share], name);
    }

    private static IEnumerable<(int, int)> Contract(GraphBuilder graph, GraphNode node, ContractOp contract, int adjoint, bool[] active)
    {
        int left = node.Inputs[0], right = node.Inputs[1];
        if (active[left])
            yield return (left, ContractRule.Gradient(graph, contract, adjoint, left, right, wrtLeft: true));
        if (active[right])
            yield return (right, ContractRule.Gradient(graph, contract, adjoint, right, left, wrtLeft: false));
    }

    private static int[] Inverse(EquatableArray<int> permutation)
    {
        int[] inverse = new int[permutation.Count];
        for (int i = 0; i < inverse.Length; i++)
            inverse[permutation[i]] = i;
        return inverse;
    }
}
