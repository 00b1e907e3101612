using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>The derivatives of a map, from those of its scalar function: one map each.</summary>
internal static class MapRule
{
    /// <summary>Derivative times adjoint, summed over the axes along which the input was repeated.</summary>
    public static IEnumerable<(int, int)> Reverse(GraphBuilder graph, int number, int adjoint, bool[] active)
    {
        GraphNode node = graph[number];
        (int[] inputs, ScalarFunction body) = Variables(node);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!active[inputs[i]])
                continue;
            // Inputs of the derivative: those of the map, its value, the adjoint.
            ScalarFunction derivative = Differentiate.InTermsOfOutput(body, i);
            if (IsZero(derivative))
                continue;
            ScalarBuilder scalar = new();
            int[] arguments = Enumerable.Range(0, inputs.Length + 2).Select(scalar.Input).ToArray();
            int product = Differentiate.Times(scalar, scalar.Inline(derivative, arguments)[0], arguments[inputs.Length + 1]);
            ScalarFunction scaled = Compose.DropUnread(scalar.Build(arguments.Length, product), out int[] kept);
            int[] operands = kept.Select(argument => argument < inputs.Length ? inputs[argument] : argument == inputs.Length ? number : adjoint).ToArray();
            Shape shape = graph[inputs[i]].Shape;
            string name = DerivativeRule.GradientName(graph[inputs[i]]);
            int result = shape == node.Shape ? graph.Map(scaled, operands, name) : SumTo(graph, graph.Map(scaled, operands, node.Shape, name), shape, name);
            yield return (inputs[i], result);
        }
    }

    /// <summary>The sum of derivatives times tangents.</summary>
    public static int? Forward(GraphBuilder graph, int number, int?[] tangents)
    {
        GraphNode node = graph[number];
        (int[] inputs, ScalarFunction body) = Variables(node);
        int[] moved = [.. Enumerable.Range(0, inputs.Length).Where(i => tangents[inputs[i]] is not null)];
        // Inputs of the tangent: those of the map, its value, the tangents.
        ScalarFunction tangent = Differentiate.Tangent(body, moved);
        if (IsZero(tangent))
            return null;
        int[] arguments = [.. inputs, number, .. moved.Select(i => tangents[inputs[i]]!.Value)];
        ScalarFunction function = Compose.DropUnread(tangent, out int[] kept);
        return graph.Map(function, [.. kept.Select(argument => arguments[argument])], node.Shape, DerivativeRule.TangentName(node));
    }

    /// <summary>The inputs, and the function of them: one that occurs twice is one variable.</summary>
    private static (int[] Inputs, ScalarFunction Body) Variables(GraphNode node)
    {
        int[] inputs = node.Inputs.Distinct().ToArray();
        return (inputs, Compose.Rename(((MapOp)node.Op).Body, node.Inputs.Select(input => Array.IndexOf(inputs, input)).ToArray(), inputs.Length));
    }

    private static bool IsZero(ScalarFunction function) => function.Nodes[function.Outputs[0]] is { Op: ScalarOp.Constant, Value: 0 };

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
}
