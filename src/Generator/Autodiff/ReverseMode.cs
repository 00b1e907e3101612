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
        bool[] active = Active(graph, loss, wrt);
        List<int>?[] sent = new List<int>?[loss + 1];
        sent[loss] = [graph.Fill(1, Shape.Scalar)];
        int[] adjoints = new int[loss + 1];
        for (int node = loss; node >= 0; node--)
        {
            adjoints[node] = -1;
            if (!active[node] || sent[node] is not { } parts)
                continue;
            string name = graph[node].Name;
            adjoints[node] = Total(graph, parts, name.Length == 0 ? "" : name + "Gradient");
            foreach ((int input, int adjoint) in DerivativeRules.Send(graph, node, adjoints[node], active))
                (sent[input] ??= []).Add(adjoint);
        }

        return wrt.Select(node =>
        {
            Shape shape = graph[node].Shape;
            return node > loss || adjoints[node] < 0 ? graph.Fill(0, shape) : graph.Broadcast(adjoints[node], shape);
        }).ToArray();
    }

    /// <summary>Marks what depends on one of <paramref name="wrt"/>: nothing else needs an adjoint.</summary>
    private static bool[] Active(GraphBuilder graph, int loss, int[] wrt)
    {
        bool[] active = new bool[loss + 1];
        for (int node = 0; node <= loss; node++)
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
