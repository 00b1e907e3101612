using Microsoft.CodeAnalysis;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>A layer method of a model.</summary>
/// <param name="Forward">The method of the layer's class that it calls.</param>
internal sealed record DeclaredLayer(string Path, ObjectValue Layer, IMethodSymbol Forward);

/// <summary>A call of a layer marked <c>[Recompute]</c>, and the nodes that came of it.</summary>
internal sealed record RecomputedLayer(string Path, AttributeData Mark, NodeRange Nodes);

/// <summary>The model that is being read: its graph, its parameters, and what is known of each tensor for names and messages.</summary>
internal sealed class ModelBuilder(int batch, bool isTraining = true)
{
    private readonly Dictionary<IMethodSymbol, DeclaredLayer> _layers = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> _used = [];
    private readonly Dictionary<string, int> _parameterNodes = [];
    private readonly List<ParameterSpec> _parameters = [];
    private readonly List<Location?> _initializers = [];
    private readonly List<ModelBufferSpec> _buffers = [];
    private readonly Dictionary<string, int> _declared = [];
    private readonly Dictionary<int, int> _updated = [];
    private int _streams;
    private int _placeholders;
    private int _steps;
    private readonly List<(int Element, int Whole)> _drawn = [];
    private readonly Dictionary<int, string> _origins = [];
    private readonly Dictionary<int, string> _names = [];
    private readonly List<LayerUseSpec> _uses = [];

    private readonly List<RecomputedLayer> _recomputed = [];
    private bool _isRecomputed;

    public int Batch { get; } = batch;

    /// <summary>Calls of layers whose values are computed again for the backward pass.</summary>
    public IReadOnlyList<RecomputedLayer> Recomputed => _recomputed;

    public GraphBuilder Graph { get; } = new();

    /// <summary>The scope of what is called outside any layer.</summary>
    public LayerScope Root { get; } = new("");

    /// <summary>The parameters, whose names in files differ from each other.</summary>
    public IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            HashSet<string> twice = [.. _parameters.GroupBy(parameter => parameter.SavedName).Where(group => group.Count() > 1).Select(group => group.Key)];
            return _parameters.ConvertAll(parameter => twice.Contains(parameter.SavedName) ? parameter with { SavedName = parameter.Name } : parameter);
        }
    }

    public IReadOnlyList<LayerUseSpec> LayerUses => _uses;

    /// <summary>For each input of labels, how many classes its one-hot encoding has.</summary>
    public Dictionary<int, int> Classes { get; } = [];

    public IReadOnlyList<ModelBufferSpec> Buffers => _buffers;

    /// <summary>Whether the model is read as it trains, or as it predicts.</summary>
    public bool IsTraining { get; } = isTraining;

    /// <summary>Whether something asked for <see cref="IsTraining"/>, so that the two differ.</summary>
    public bool DependsOnMode { get; set; }

    /// <summary>Tensors that are probabilities already, with the call that made them so.</summary>
    public Dictionary<int, SyntaxNode> Probabilities { get; } = [];

    /// <summary>A stream of random numbers of its own for each use.</summary>
    public int NextStream() => _streams++;

    /// <summary>Whether the step of a scan is being read.</summary>
    public bool IsScanning { get; private set; }

    /// <summary>A number for a source that stands for something in the step of a scan.</summary>
    public int NextPlaceholder() => _placeholders++;

    /// <summary>Reads the step of a scan.</summary>
    /// <param name="drawn">Sources in the step, and the tensors of which each step gets an element: numbers that it draws.</param>
    public int[] Scan(int steps, Func<int[]> read, out IReadOnlyList<(int Element, int Whole)> drawn)
    {
        (IsScanning, _steps) = (true, steps);
        _drawn.Clear();
        int[] result = read();
        IsScanning = false;
        drawn = [.. _drawn];
        return result;
    }

    /// <summary>Random numbers; in the step of a scan, other ones in each step.</summary>
    public int Random(Shape shape, string name)
    {
        if (!IsScanning)
            return Graph.Random(shape, NextStream(), name);
        int whole = Graph.Random(ScanLoop.Over(shape, _steps), NextStream(), name);
        int element = Graph.Source(new BufferRef(BufferKind.Sequence, NextPlaceholder()), shape, name);
        _drawn.Add((element, whole));
        return element;
    }

    /// <summary>The name that a node has or is given so far.</summary>
    public string NameOf(int node) => _names.TryGetValue(node, out string name) ? name : Graph[node].Name;

    public void Declare(IMethodSymbol method, DeclaredLayer layer) => _layers.Add(method, layer);

    /// <summary>A parameter that a property of the model declares.</summary>
    public void Declare(IPropertySymbol property, ParameterSpec parameter, Location? initializer) => _declared.Add(property.Name, Parameter(parameter, initializer) ?? -1);

    /// <summary>The node of the parameter that a property declares, or null.</summary>
    public int? ParameterOf(IPropertySymbol property)
    {
        if (!property.IsStatic || property.Type.Name != "Tensor" || !_declared.TryGetValue(property.Name, out int node))
            return null;
        _used.Add(property.Name);
        return node;
    }

    /// <summary>Whether the pass reads the parameter, by itself or by a pattern of <c>Weights</c>.</summary>
    public bool IsRead(IPropertySymbol property) => _used.Contains(property.Name);

    public DeclaredLayer? LayerOf(IMethodSymbol method)
    {
        if (_layers.Count == 0 || !_layers.TryGetValue(method.PartialDefinitionPart ?? method, out DeclaredLayer layer))
            return null;
        _used.Add(layer.Path);
        return layer;
    }

    public bool IsUsed(DeclaredLayer layer) => _used.Contains(layer.Path);

    /// <summary>The parameter of that path, which is created at first; null when it is there with another shape.</summary>
    public int? Parameter(ParameterSpec parameter, Location? initializer)
    {
        string path = parameter.Name;
        if (_parameterNodes.TryGetValue(path, out int node))
            return Graph[node].Shape == parameter.Shape ? node : null;
        node = Graph.Source(new BufferRef(BufferKind.Parameter, _parameters.Count), parameter.Shape, Names.Camel(path));
        _parameters.Add(parameter);
        _initializers.Add(initializer);
        _parameterNodes.Add(path, node);
        _origins[node] = $"parameter '{path}'";
        return node;
    }

    /// <summary>Notes that the evaluation of a layer begins whose values are computed again; false within another one, of which it then is a part.</summary>
    public bool BeginRecomputed()
    {
        bool isOuter = IsTraining && !_isRecomputed;
        _isRecomputed |= isOuter;
        return isOuter;
    }

    public void EndRecomputed(string path, int from, AttributeData mark)
    {
        _isRecomputed = false;
        _recomputed.Add(new RecomputedLayer(path, mark, new NodeRange(from, Graph.Count)));
    }

    /// <summary>Notes that a layer's evaluation begins; <see cref="EndUse"/> takes the number that this gives.</summary>
    public int BeginUse(string path, string type)
    {
        _uses.Add(new LayerUseSpec(path, type, null, -1));
        return _uses.Count - 1;
    }

    /// <summary>Notes what a layer gave. A second use of the layer adds nothing.</summary>
    public void EndUse(int use, int? node)
    {
        string path = _uses[use].Path;
        if (_uses.FindIndex(earlier => earlier.Path == path) < use)
            _uses.RemoveAt(use);
        else if (node is int output && !IsScanning)
            _uses[use] = _uses[use] with { Output = Graph[output].Shape, Node = output };
    }

    /// <summary>Where the user said how a parameter starts, or where it comes from.</summary>
    public Location? InitializerOf(int parameter) => _initializers[parameter];

    /// <summary>Gives the paths that another reading of the model has found the same numbers here.</summary>
    public void Adopt(ModelBuilder other)
    {
        for (int p = 0; p < other._parameters.Count; p++)
            Parameter(other._parameters[p], other._initializers[p]);
        foreach (ModelBufferSpec buffer in other._buffers)
            Buffer(buffer.Name, buffer.Shape, buffer.Initial.ToArray());
    }

    /// <summary>The buffer of that path, which is created at first; null when it is there with another shape.</summary>
    public int? Buffer(string path, Shape shape, double[] initial)
    {
        if (_parameterNodes.TryGetValue(path, out int node))
            return Graph[node].Shape != shape ? null : Graph[node].Op is SourceOp { Buffer: var buffer } && _updated.TryGetValue(buffer.Index, out int updated) ? updated : node;
        node = Graph.Source(new BufferRef(BufferKind.Kept, _buffers.Count), shape, Names.Camel(path));
        _buffers.Add(new ModelBufferSpec(path, shape, initial.ToEquatableArray()) { SavedName = SavedName(path) });
        _parameterNodes.Add(path, node);
        _origins[node] = $"buffer '{path}'";
        return node;
    }

    /// <summary>The buffer that a node holds: what it was before the pass, or the value that an earlier use of its layer gave it. Null for all others.</summary>
    public BufferRef? BufferOf(int node) => Graph[node].Op is SourceOp { Buffer: { Kind: BufferKind.Kept } kept } ? kept
        : _updated.Where(update => update.Value == node).Select(update => new BufferRef(BufferKind.Kept, update.Key)).Cast<BufferRef?>().FirstOrDefault();

    /// <summary>As PyTorch names it: the running variance is <c>running_var</c> there.</summary>
    private static string SavedName(string path) => Names.Snake(path).Replace("running_variance", "running_var");

    /// <summary>A buffer's value after the pass. A later use of its layer begins with that; of several values in one use, the last counts.</summary>
    public void Update(BufferRef buffer, int value)
    {
        _updated[buffer.Index] = value;
        GraphOutput[] others = Graph.Outputs.Where(output => output.Target != buffer).ToArray();
        Graph.ClearOutputs();
        foreach (GraphOutput output in others)
            Graph.Output(output.Node, output.Target);
        Graph.Output(value, buffer);
    }

    public int NodeOf(string parameter)
    {
        _used.Add(parameter);
        return _parameterNodes[parameter];
    }

    /// <summary>Whether a gradient flows from a tensor to some parameter.</summary>
    public bool LeadsToParameters(int node)
    {
        HashSet<int> seen = [];
        Stack<int> left = new([node]);
        while (left.Count > 0)
        {
            GraphNode next = Graph[left.Pop()];
            if (next.Op is SourceOp { Buffer.Kind: BufferKind.Parameter })
                return true;
            foreach (int input in next.Op is StopGradientOp ? [] : next.Inputs.Where(seen.Add))
                left.Push(input);
        }

        return false;
    }

    public Shape ShapeOf(string parameter) => Graph[_parameterNodes[parameter]].Shape;

    public int Input(int index, Shape shape, string name)
    {
        int node = Graph.Source(new BufferRef(BufferKind.Input, index), shape, name);
        _origins[node] = $"input '{name}'";
        return node;
    }

    /// <summary>Whether a tensor of the shape has more elements than can be indexed.</summary>
    public static bool IsTooLarge(Shape shape) => shape.Dims.Aggregate(1.0, (product, size) => product * size) > int.MaxValue / sizeof(double);

    /// <summary>Sizes without the batch axis.</summary>
    public int[] UserShape(int node)
    {
        Shape shape = Graph[node].Shape;
        return shape.Dims.Skip(shape.Batched ? 1 : 0).ToArray();
    }

    /// <summary>Notes the expression that a tensor came from, for messages.</summary>
    public void Explain(int node, SyntaxNode expression)
    {
        if (_origins.ContainsKey(node))
            return;
        string text = string.Join(" ", expression.ToString().Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        text = text.Length <= 40 ? text : text.Substring(0, 37) + "…";
        _origins[node] = $"'{text}', line {expression.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
    }

    /// <summary>A shape and where it came from, such as <c>[128] (parameter 'Hidden.Bias')</c>.</summary>
    public string Describe(int node)
    {
        string shape = "[" + string.Join(", ", UserShape(node)) + "]";
        return OriginOf(node) is { } origin ? $"{shape} ({origin})" : _names.TryGetValue(node, out string name) ? $"{shape} ({name})" : shape;
    }

    /// <summary>Notes that a tensor holds a column for each class of some labels, for messages.</summary>
    public void ExplainClasses(int node, int labels) => _origins[node] = $"the classes of {_origins[labels]}";

    /// <summary>Where a tensor, or the tensor of its shape that it was computed from, came from.</summary>
    private string? OriginOf(int node)
    {
        if (_origins.TryGetValue(node, out string origin))
            return origin;
        return Graph[node].Inputs.Where(input => Graph[input].Shape == Graph[node].Shape).Select(OriginOf).FirstOrDefault(found => found is not null);
    }

    /// <summary>Names a tensor that came to be since node <paramref name="since"/>. A later, outer name replaces an earlier one.</summary>
    public void Name(int node, int since, string? path, string name)
    {
        if (node >= since && Graph[node].Op is not SourceOp)
            _names[node] = Names.Camel(path is { Length: > 0 } ? path + "." + name : name);
    }

    /// <summary>The graph, in which each tensor has a name of its own.</summary>
    public TensorGraph Build()
    {
        TensorGraph graph = Graph.Build();
        HashSet<string> taken = [];
        List<GraphNode> nodes = [];
        bool[] ofStep = new bool[graph.Nodes.Count];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            GraphNode node = graph.Nodes[i];
            ofStep[i] = node.Op is SourceOp { Buffer.Kind: BufferKind.Carry or BufferKind.Sequence } || node.Inputs.Any(input => ofStep[input]);
            if (ofStep[i])
            {
                // The step of a scan was read here, but lives in its loop.
                nodes.Add(node with { Name = "" });
                continue;
            }

            string name = _names.TryGetValue(i, out string given) ? given : node.Name;
            string unique = name;
            for (int suffix = 2; !taken.Add(unique); suffix++)
                unique = name + suffix;
            nodes.Add(node with { Name = unique });
        }

        return graph with { Nodes = nodes.ToEquatableArray() };
    }
}
