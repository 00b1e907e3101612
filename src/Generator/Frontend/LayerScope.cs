using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>
/// One use of a layer, or of the model itself at the top. Names are given out in order of use, so a second use of the layer gives the same ones, and with
/// them the same parameters.
/// </summary>
/// <param name="path">Dotted path from the model, such as <c>Block.Inner</c>; empty for the model.</param>
internal sealed class LayerScope(string path)
{
    private readonly Dictionary<string, int> _uses = [];
    private readonly Dictionary<ObjectValue, string> _layers = [];

    public string Path { get; } = path;

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
        return Path.Length == 0 ? unique : Path + "." + unique;
    }
}
