using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>
/// Pass: lets the backward pass compute again what lies inside of layers marked <c>[Recompute]</c> (gradient checkpointing: Chen et al. 2016, "Training Deep Nets with
/// Sublinear Memory Cost"). Where the gradient reads such a value, it gets a copy of the nodes that lead to it from the layer's inputs, placed right before its first use.
/// What leaves the layer is kept, as are functions of parameters alone, which do not grow with the batch; random numbers are never kept and come out the same.
/// </summary>
internal sealed class Recompute
{
    private readonly TensorGraph _graph;
    private readonly int[] _layer;
    private readonly bool[] _isKept;
    private readonly List<GraphNode> _nodes = [];
    private readonly int[] _map;
    private readonly Dictionary<int, int> _again = [];

    private Recompute(TensorGraph graph, int forward, EquatableArray<NodeRange> layers)
    {
        _graph = graph;
        _map = new int[graph.Nodes.Count];
        _layer = new int[forward];
        for (int layer = 0; layer < layers.Count; layer++)
        {
            for (int node = layers[layer].From; node < layers[layer].To; node++)
                _layer[node] = layer + 1;
        }

        _isKept = Kept(graph, forward, _layer);
    }

    /// <param name="forward">How many of the nodes are the forward pass and loss; the others came with the gradient.</param>
    /// <param name="layers">The nodes of each layer that is computed again.</param>
    public static TensorGraph Run(TensorGraph graph, int forward, EquatableArray<NodeRange> layers) =>
        layers.Count == 0 ? graph : new Recompute(graph, forward, layers).Run();

    /// <summary>Whether a layer holds anything between its inputs and its results.</summary>
    public static bool HasInterior(TensorGraph forward, NodeRange layer)
    {
        int[] layers = new int[forward.Nodes.Count];
        for (int node = layer.From; node < layer.To; node++)
            layers[node] = 1;
        bool[] kept = Kept(forward, layers.Length, layers);
        return Enumerable.Range(layer.From, layer.To - layer.From).Any(node => !kept[node]);
    }

    /// <summary>What is not computed again: what lies in no such layer, leaves one, depends on parameters alone, or is not in memory anyway.</summary>
    private static bool[] Kept(TensorGraph graph, int forward, int[] layer)
    {
        bool[] kept = new bool[forward], isOfParameters = new bool[forward];
        for (int node = 0; node < forward; node++)
        {
            GraphNode tensor = graph.Nodes[node];
            isOfParameters[node] = tensor.Op is SourceOp source ? source.Buffer.Kind != BufferKind.Input : tensor.Op is not RandomOp && tensor.Inputs.All(input => isOfParameters[input]);
            kept[node] = layer[node] == 0 || tensor.Op.IsGiven || isOfParameters[node];
            foreach (int input in tensor.Inputs)
                kept[input] |= layer[input] != layer[node];
        }

        foreach (GraphOutput output in graph.Outputs)
        {
            if (output.Node < forward)
                kept[output.Node] = true;
        }

        return kept;
    }

    private TensorGraph Run()
    {
        for (int node = 0; node < _map.Length; node++)
        {
            GraphNode tensor = _graph.Nodes[node];
            bool isBackward = node >= _isKept.Length;
            int[] inputs = [.. tensor.Inputs.Select(input => isBackward && input < _isKept.Length ? Again(input) : _map[input])];
            _map[node] = Add(tensor with { Inputs = inputs.ToEquatableArray() });
        }

        return new TensorGraph(_nodes.ToEquatableArray(), _graph.Outputs.Select(output => output with { Node = _map[output.Node] }).ToEquatableArray());
    }

    private int Again(int node)
    {
        if (_isKept[node])
            return _map[node];
        if (!_again.TryGetValue(node, out int again))
        {
            GraphNode tensor = _graph.Nodes[node];
            int[] inputs = [.. tensor.Inputs.Select(Again)];
            again = Add(tensor with { Inputs = inputs.ToEquatableArray(), Name = tensor.Name + "Again", Again = _layer[node] });
            _again.Add(node, again);
        }

        return again;
    }

    private int Add(GraphNode node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }
}
