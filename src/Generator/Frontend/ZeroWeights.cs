using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Finds weights that start at zero although all that they multiply comes from weights that start at zero, too.</summary>
internal static class ZeroWeights
{
    /// <summary>Pairs of parameters: one, and the one that multiplies what comes from it.</summary>
    public static IEnumerable<(int Before, int After)> Pairs(TensorGraph graph, IReadOnlyList<ParameterSpec> parameters)
    {
        for (int node = 0; node < graph.Nodes.Count; node++)
        {
            if (ZeroWeight(graph, parameters, node) is not (int after, int data))
                continue;
            foreach (int before in Sources(graph, parameters, data))
                yield return (before, after);
        }
    }

    /// <summary>The weight of a product that is zero at the start, and what is multiplied by it.</summary>
    private static (int Weight, int Data)? ZeroWeight(TensorGraph graph, IReadOnlyList<ParameterSpec> parameters, int node)
    {
        if (graph.Nodes[node].Op is not ContractOp)
            return null;
        EquatableArray<int> inputs = graph.Nodes[node].Inputs;
        for (int side = 0; side < 2; side++)
        {
            int operand = inputs[side];
            while (graph.Nodes[operand].Op is ReshapeOp or TransposeOp or SliceOp or PadOp)
                operand = graph.Nodes[operand].Inputs[0];
            if (graph.Nodes[operand].Op is SourceOp { Buffer: { Kind: BufferKind.Parameter, Index: int weight } } && IsZero(parameters[weight]))
                return (weight, inputs[1 - side]);
        }

        return null;
    }

    private static bool IsZero(ParameterSpec parameter) => parameter.Kind == ParameterKind.Weight && (parameter.Init == "Zero" || (parameter.Gain == 0 && parameter.Init != "One"));

    /// <summary>The zero weights that a tensor is computed from; none when it depends on the model's inputs by any other way.</summary>
    private static IReadOnlyCollection<int> Sources(TensorGraph graph, IReadOnlyList<ParameterSpec> parameters, int tensor)
    {
        SortedSet<int> found = [];
        HashSet<int> seen = [tensor];
        Stack<int> open = new(seen);
        while (open.Count > 0)
        {
            int node = open.Pop();
            if (ZeroWeight(graph, parameters, node) is (int weight, int _))
            {
                found.Add(weight);
                continue;
            }

            if (graph.Nodes[node].Op is ContractOp or SourceOp { Buffer.Kind: BufferKind.Input })
                return [];
            foreach (int input in graph.Nodes[node].Inputs.Where(seen.Add))
                open.Push(input);
        }

        return found;
    }
}
