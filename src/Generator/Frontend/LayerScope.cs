using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>
/// One use of a layer, or of the model itself at the top. Names are given out in order of use, so a second use of the layer gives the same ones, and with
/// them the same parameters.
/// </summary>
/// <param name="path">Dotted path from the model, such as <c>Block.Inner</c>; empty for the model.</param>
/// <param name="separator">What stands between the path and the names below it.</param>
internal sealed class LayerScope(string path, string separator = ".")
{
    private readonly Dictionary<string, int> _uses = [];
    private readonly Dictionary<ObjectValue, string> _layers = [];

    public string Path { get; } = path;

    /// <summary>What stands before a name in its path.</summary>
    public string Prefix => Path.Length == 0 ? "" : Path + separator;

    /// <summary>What the layer's weights pass through before it uses them; null for nothing.</summary>
    public ObjectValue? WeightTransform { get; init; }

    /// <summary>The path of a parameter.</summary>
    public string PathOf(string parameter) => Child(parameter);

    /// <summary>The path of a layer inside this one; the same each time for one object.</summary>
    public string PathOf(ObjectValue layer)
    {
        if (!_layers.TryGetValue(layer, out string path))
            _layers.Add(layer, path = Child(Names.Pascal(layer.Name ?? layer.Type.Name)));
        return path;
    }

    private string Child(string name)
    {
        _uses.TryGetValue(name, out int uses);
        _uses[name] = ++uses;
        string unique = uses == 1 ? name : name + uses;
        return Prefix + unique;
    }
}
