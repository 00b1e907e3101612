using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>
/// The derivatives of each primitive. An adjoint may be smaller than its node, as long as it broadcasts to it: the gradient of a sum is one number, which is
/// spread out only where something needs it spread.
/// </summary>
internal static class DerivativeRules
{
    /// <summary>One entry for each primitive.</summary>
    public static IReadOnlyDictionary<Type, DerivativeRule> All { get; } = new Dictionary<Type, DerivativeRule>
    {
        [typeof(SourceOp)] = DerivativeRule.OfConstants,
        [typeof(IotaOp)] = DerivativeRule.OfConstants,
        [typeof(RandomOp)] = DerivativeRule.OfConstants,
        [typeof(StopGradientOp)] = DerivativeRule.OfConstants,
        [typeof(MapOp)] = DerivativeRule.Of(MapRule.Reverse, MapRule.Forward),
        [typeof(ReduceOp)] = DerivativeRule.Of(ReduceRule.Reverse, ReduceRule.Forward),
        [typeof(ContractOp)] = DerivativeRule.Of(ContractRule.Reverse, ContractRule.Forward),
        [typeof(ScanOp)] = new(ScanRule.Reverse, ScanRule.Forward),

        [typeof(ReshapeOp)] = DerivativeRule.OfLinear<ReshapeOp>(
            (graph, _, node, tangent, name) => graph.Reshape(tangent, node.Shape, name),
            (graph, _, node, adjoint, name) => graph.Reshape(adjoint, graph[node.Inputs[0]].Shape, name),
            keepsNumbers: true),
        [typeof(TransposeOp)] = DerivativeRule.OfLinear<TransposeOp>(
            (graph, transpose, _, tangent, name) => graph.Transpose(tangent, [.. transpose.Permutation], name),
            (graph, transpose, _, adjoint, name) => graph.Transpose(adjoint, Inverse(transpose.Permutation), name),
            keepsNumbers: true),
        [typeof(SliceOp)] = DerivativeRule.OfLinear<SliceOp>(
            (graph, slice, node, tangent, name) => graph.Slice(tangent, [.. slice.Starts], [.. slice.Steps], node.Shape, name),
            (graph, slice, node, adjoint, name) => graph.Pad(adjoint, [.. slice.Starts], [.. slice.Steps], graph[node.Inputs[0]].Shape, name)),
        [typeof(PadOp)] = DerivativeRule.OfLinear<PadOp>(
            (graph, pad, node, tangent, name) => graph.Pad(tangent, [.. pad.Starts], [.. pad.Steps], node.Shape, name),
            (graph, pad, node, adjoint, name) => graph.Slice(adjoint, [.. pad.Starts], [.. pad.Steps], graph[node.Inputs[0]].Shape, name),
            keepsNumbers: true),
        [typeof(ConcatOp)] = DerivativeRule.Of(ConcatRule.Reverse, ConcatRule.Forward),
        // What lies outside of the input is a constant, so its tangent is 0 whatever it is itself.
        [typeof(ViewOp)] = DerivativeRule.OfLinear<ViewOp>(
            (graph, view, node, tangent, name) => graph.View(tangent, view.Index, node.Shape, 0, name),
            (graph, view, node, adjoint, _) => ContractRule.Gradient(graph, view, adjoint, node.Inputs[0])),
        [typeof(GatherOp)] = DerivativeRule.OfLinear<GatherOp>(
            (graph, _, node, tangent, name) => graph.Gather(tangent, node.Inputs[1], name),
            (graph, _, node, adjoint, name) => graph.Scatter(adjoint, node.Inputs[1], graph[node.Inputs[0]].Shape, name)),
        [typeof(ScatterOp)] = DerivativeRule.OfLinear<ScatterOp>(
            (graph, _, node, tangent, name) => graph.Scatter(tangent, node.Inputs[1], node.Shape, name),
            (graph, _, node, adjoint, name) => graph.Gather(adjoint, node.Inputs[1], name)),
    };

    public static DerivativeRule For(GraphOp op) =>
        All.TryGetValue(op.GetType(), out DerivativeRule rule) ? rule : throw new InvalidOperationException($"{op.GetType().Name} has no derivative");

    /// <summary>
    /// What is differentiated together: for the first result of each computation all of its results, null for the others. The results of a scan have the same inputs, so
    /// those are known before the first of them, and what was sent to all of them is complete once that is reached on the way back.
    /// </summary>
    public static int[]?[] Computations(GraphBuilder graph, int last)
    {
        int[]?[] computations = new int[]?[last + 1];
        for (int node = 0; node <= last; node++)
            computations[node] = graph[node].Op is ScanOp ? null : [node];
        foreach (int[] results in Enumerable.Range(0, last + 1).Where(node => graph[node].Op is ScanOp)
            .GroupBy(node => (((ScanOp)graph[node].Op).Loop, graph[node].Inputs)).Select(results => results.ToArray()))
            computations[results[0]] = results;
        return computations;
    }

    private static int[] Inverse(EquatableArray<int> permutation)
    {
        int[] inverse = new int[permutation.Count];
        for (int i = 0; i < inverse.Length; i++)
            inverse[permutation[i]] = i;
        return inverse;
    }
}
