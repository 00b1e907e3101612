using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>Reverse mode: what results with the given adjoints add to the adjoints of their active inputs.</summary>
internal delegate IEnumerable<(int Input, int Adjoint)> ReverseRule(GraphBuilder graph, (int Node, int Adjoint)[] results, bool[] active);

/// <summary>Forward mode: the tangents of results, each of its node's shape, given those of all nodes before; null is an exact zero.</summary>
internal delegate int?[] ForwardRule(GraphBuilder graph, int[] results, int?[] tangents);

/// <summary>How a primitive is differentiated, in both directions. What a rule gets are results of one computation: several of a scan, one of anything else.</summary>
internal sealed record DerivativeRule(ReverseRule Reverse, ForwardRule Forward)
{
    /// <summary>Of what depends on nothing, or counts as if it did.</summary>
    public static DerivativeRule OfConstants { get; } = new((_, _, _) => [], (_, results, _) => new int?[results.Length]);

    /// <summary>Of a primitive with one result.</summary>
    public static DerivativeRule Of(Func<GraphBuilder, int, int, bool[], IEnumerable<(int, int)>> reverse, Func<GraphBuilder, int, int?[], int?> forward) => new(
        (graph, results, active) => reverse(graph, results[0].Node, results[0].Adjoint, active),
        (graph, results, tangents) => [forward(graph, results[0], tangents)]);

    /// <summary>Of a primitive that is linear in its first input, and has no derivative for others: the tangent is the primitive applied to the input's, the adjoint goes the way back.</summary>
    /// <param name="reverse">Gets the adjoint in the shape of the node; one that is a single number goes through where <paramref name="keepsNumbers"/> says that it stays the same number.</param>
    public static DerivativeRule OfLinear<T>(
        Func<GraphBuilder, T, GraphNode, int, string, int> forward, Func<GraphBuilder, T, GraphNode, int, string, int> reverse, bool keepsNumbers = false)
        where T : GraphOp => Of(
            (graph, number, adjoint, _) =>
            {
                GraphNode node = graph[number];
                int input = node.Inputs[0];
                return keepsNumbers && graph[adjoint].Shape == Shape.Scalar
                    ? [(input, adjoint)]
                    : [(input, reverse(graph, (T)node.Op, node, graph.Broadcast(adjoint, node.Shape), GradientName(graph[input])))];
            },
            (graph, number, tangents) => tangents[graph[number].Inputs[0]] is int tangent ? forward(graph, (T)graph[number].Op, graph[number], tangent, TangentName(graph[number])) : null);

    public static string GradientName(GraphNode node) => node.Name.Length == 0 ? "" : node.Name + "Gradient";

    public static string TangentName(GraphNode node) => node.Name.Length == 0 ? "" : node.Name + "Tangent";
}
