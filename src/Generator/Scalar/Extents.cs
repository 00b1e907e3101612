using OptGen.Generator.Specs;

namespace OptGen.Generator.Scalar;

/// <summary>How far each value of a function reaches: a value is the same all over the finest extent among those of what it is computed from.</summary>
internal static class Extents
{
    /// <summary>The extent of each value; <paramref name="extentOf"/> gives those of the inputs.</summary>
    public static Extent[] Of(ScalarFunction function, Func<int, Extent> extentOf)
    {
        Extent[] extents = new Extent[function.Nodes.Count];
        for (int i = 0; i < extents.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            extents[i] = node.Op switch
            {
                ScalarOp.Constant => Extent.Everything,
                ScalarOp.Input => extentOf(node.A),
                _ => Join(extents[node.A], Join(node.B < 0 ? Extent.Everything : extents[node.B], node.C < 0 ? Extent.Everything : extents[node.C])),
            };
        }

        return extents;
    }

    /// <summary>The extent over which both are the same; what varies with the row and with the column varies with the element.</summary>
    public static Extent Join(Extent a, Extent b) =>
        (a, b) is (Extent.Row, Extent.Column) or (Extent.Column, Extent.Row) ? Extent.Element
        : a < b ? a : b;
}
