using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Autodiff;

/// <summary>
/// Forward-mode differentiation: adds the tangents (Jacobian-vector products) of nodes to the graph as more graph. From the seeds on every node gets the tangent of its
/// result from those of its inputs, by the rule of its primitive. It is the exact transpose of <see cref="ReverseMode"/>, also at kinks. What reverse mode adds to a graph
/// is made of the same primitives, so the tangents of gradients are Hessian-vector products.
/// </summary>
internal static class ForwardMode
{
    /// <summary>The nodes that hold the tangents of <paramref name="wanted"/>, each of the shape of its node, when the seeded nodes move along theirs.</summary>
    /// <param name="seeds">
    /// Nodes and their tangents, which broadcast to them. A seed that depends on others moves by its own tangent on top of what those make of it.
    /// </param>
    public static int[] Tangents(GraphBuilder graph, IReadOnlyList<(int Node, int Tangent)> seeds, int[] wanted) =>
        [.. Push(graph, seeds, wanted).Zip(wanted, (tangent, node) => tangent ?? graph.Fill(0, graph[node].Shape))];

    /// <summary>The same; null for what does not depend on the seeds.</summary>
    public static int?[] Push(GraphBuilder graph, IReadOnlyList<(int Node, int Tangent)> seeds, int[] wanted)
    {
        int last = wanted.DefaultIfEmpty(-1).Max();
        bool[] needed = Needed(graph, last, wanted);
        int?[] tangents = new int?[last + 1];
        foreach ((int node, int tangent) in seeds.Where(seed => seed.Node <= last))
            tangents[node] = Add(graph, tangents[node], graph.Broadcast(tangent, graph[node].Shape));
        int[]?[] computations = DerivativeRules.Computations(graph, last);
        for (int node = 0; node <= last; node++)
        {
            int[] results = [.. (computations[node] ?? []).Where(result => needed[result])];
            if (results.Length == 0 || graph[node].Inputs.All(input => tangents[input] is null))
                continue;
            int?[] pushed = DerivativeRules.For(graph[node].Op).Forward(graph, results, tangents);
            for (int i = 0; i < results.Length; i++)
                tangents[results[i]] = Add(graph, tangents[results[i]], pushed[i]);
        }

        return [.. wanted.Select(node => tangents[node])];
    }

    /// <summary>Marks what one of <paramref name="wanted"/> is computed from, by ways that derivatives take.</summary>
    private static bool[] Needed(GraphBuilder graph, int last, int[] wanted)
    {
        bool[] needed = new bool[last + 1];
        foreach (int node in wanted)
            needed[node] = true;
        for (int node = last; node >= 0; node--)
        {
            foreach (int input in needed[node] && graph[node].Op is not StopGradientOp ? graph[node].Inputs : [])
                needed[input] = true;
        }

        return needed;
    }

    private static int? Add(GraphBuilder graph, int? a, int? b) =>
        a is not int left ? b : b is not int right ? a : graph.Map(ScalarOp.Add, left, right, graph[left].Name);
}
