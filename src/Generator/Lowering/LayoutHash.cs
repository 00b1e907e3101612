using System.Globalization;
using System.Text;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// A number for what the positions of a flat buffer mean, the same on every machine: FNV-1a over 64 bits. Files carry it, so that one is not taken for another.
/// </summary>
internal static class LayoutHash
{
    /// <summary>Of a model's parameters: their names, shapes and kinds, in the order in which they lie in memory.</summary>
    public static string Of(ModelSpec model)
    {
        ParameterLayout layout = ParameterLayout.Of(model);
        return Of(string.Concat(layout.Order.Select(p => model.Parameters[p]).Select(parameter => $"{parameter.Name} {parameter.Shape} {parameter.Kind}\n")));
    }

    /// <summary>Of a text.</summary>
    public static string Of(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (byte unit in Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ unit) * 1099511628211);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
