using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>
/// Reverse-mode differentiation: adds the gradient of a scalar to the graph as more graph. From the loss back to the sources every node passes the gradient
/// of its result (the adjoint) on to its inputs by the rule of its primitive; what several consumers send to one node is added up.
/// </summary>
internal static class ReverseMode
{
    /// <summary>The nodes that hold ∂<paramref name="loss"/>/∂wrt[i], each of the shape of wrt[i].</summary>
    public static int[] Gradients(GraphBuilder graph, int loss, int[] wrt)
    {
        if (graph[loss].Shape.Count != 1 || graph[loss].Shape.Batched)
            throw new InvalidOperationException($"a gradient starts from one number, not from a tensor of shape {graph[loss].Shape}");
        return [.. Pull(graph, [(loss, graph.Fill(1, Shape.Scalar))], wrt).Zip(wrt, (adjoint, node) =>
            adjoint is int found ? graph.Broadcast(found, graph[node].Shape) : graph.Fill(0, graph[node].Shape))];
    }

    /// <summary>
    /// The adjoints of <paramref name="wrt"/>, given those of some nodes; null for what these don't depend on. An adjoint may be smaller than its node, as long as it
    /// broadcasts to it.
    /// </summary>
    public static int?[] Pull(GraphBuilder graph, IReadOnlyList<(int Node, int Adjoint)> seeds, int[] wrt)
    {
        int last = seeds.Max(seed => seed.Node);
        bool[] active = Active(graph, last, wrt);
        List<int>?[] sent = new List<int>?[last + 1];
        foreach ((int node, int adjoint) in seeds)
            (sent[node] ??= []).Add(adjoint);
        int?[] adjoints = new int?[last + 1];
        int[]?[] computations = DerivativeRules.Computations(graph, last);
        for (int node = last; node >= 0; node--)
        {
            if (!active[node])
                continue;
            if (sent[node] is { } parts)
                adjoints[node] = Total(graph, parts, DerivativeRule.GradientName(graph[node]));
            (int, int)[] results = [.. (computations[node] ?? []).Where(result => adjoints[result] is not null).Select(result => (result, adjoints[result]!.Value))];
            foreach ((int input, int part) in results.Length > 0 ? DerivativeRules.For(graph[node].Op).Reverse(graph, results, active) : [])
                (sent[input] ??= []).Add(part);
        }

        return [.. wrt.Select(node => node > last ? null : adjoints[node])];
    }

    /// <summary>Marks what depends on one of <paramref name="wrt"/>: nothing else needs an adjoint.</summary>
    private static bool[] Active(GraphBuilder graph, int last, int[] wrt)
    {
        bool[] active = new bool[last + 1];
        for (int node = 0; node <= last; node++)
            active[node] = wrt.Contains(node) || (graph[node].Op is not StopGradientOp && graph[node].Inputs.Any(input => active[input]));
        return active;
    }

    private static int Total(GraphBuilder graph, List<int> parts, string name)
    {
        if (parts.Count == 1)
            return parts[0];
        ScalarBuilder scalar = new();
        int sum = scalar.Input(0);
        for (int i = 1; i < parts.Count; i++)
            sum = scalar.Apply(ScalarOp.Add, sum, scalar.Input(i));
        return graph.Map(scalar.Build(parts.Count, sum), parts.ToArray(), name);
    }
}
