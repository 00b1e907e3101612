using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Autodiff;

/// <summary>The derivatives of a sum, and of an extremum: that depends on the elements that attain it, on each in an equal share.</summary>
internal static class ReduceRule
{
    public static IEnumerable<(int, int)> Reverse(GraphBuilder graph, int number, int adjoint, bool[] active)
    {
        GraphNode node = graph[number];
        int input = node.Inputs[0];
        if (node.Op is ReduceOp { Kind: ReduceKind.Sum })
            return [(input, adjoint)];
        int ties = Ties(graph, node, number);
        int share = graph.Map(ScalarOp.Divide, adjoint, ties, OwnName(node) + "Share");
        return [(input, graph.Map(WhereAttained(), [input, number, share], DerivativeRule.GradientName(graph[input])))];
    }

    public static int? Forward(GraphBuilder graph, int number, int?[] tangents)
    {
        GraphNode node = graph[number];
        if (tangents[node.Inputs[0]] is not int tangent)
            return null;
        ReduceOp reduce = (ReduceOp)node.Op;
        int[] axes = [.. reduce.Axes];
        string name = DerivativeRule.TangentName(node);
        if (reduce.Kind == ReduceKind.Sum)
            return graph.Reduce(ReduceKind.Sum, tangent, axes, name);
        int ties = Ties(graph, node, number);
        int chosen = graph.Map(WhereAttained(), [node.Inputs[0], number, tangent]);
        return graph.Map(ScalarOp.Divide, graph.Reduce(ReduceKind.Sum, chosen, axes, OwnName(node) + "Moves"), ties, name);
    }

    /// <summary>How many elements attain the extremum.</summary>
    private static int Ties(GraphBuilder graph, GraphNode node, int number)
    {
        ScalarBuilder scalar = new();
        int attained = scalar.Apply(ScalarOp.Equal, scalar.Input(0), scalar.Input(1));
        int mask = graph.Map(scalar.Build(2, scalar.Apply(ScalarOp.Select, attained, scalar.Constant(1), scalar.Constant(0))), [node.Inputs[0], number]);
        return graph.Reduce(ReduceKind.Sum, mask, [.. ((ReduceOp)node.Op).Axes], OwnName(node) + "Ties");
    }

    /// <summary>Of an element, the extremum and a third number: that number where the element is the extremum, else 0.</summary>
    private static ScalarFunction WhereAttained()
    {
        ScalarBuilder scalar = new();
        int attained = scalar.Apply(ScalarOp.Equal, scalar.Input(0), scalar.Input(1));
        return scalar.Build(3, scalar.Apply(ScalarOp.Select, attained, scalar.Input(2), scalar.Constant(0)));
    }

    private static string OwnName(GraphNode node) => node.Name.Length == 0 ? "extremum" : node.Name;
}
