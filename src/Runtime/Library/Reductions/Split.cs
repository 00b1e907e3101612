namespace OptGen;

public static partial class Ops
{
    /// <summary>Cuts a tensor into as many parts of equal size along an axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="parts">How many parts; it divides the size of the axis.</param>
    /// <param name="axis">The axis that is cut, the last one by default.</param>
    public static Tensor[] Split(Tensor x, int parts, int axis = -1)
    {
        int size = x.Shape[Argument.Axis(x, axis)];
        if (parts <= 0 || size % parts != 0)
            throw new ArgumentException($"{size} elements do not fall into {parts} equal parts", nameof(parts));
        Tensor[] cut = new Tensor[parts];
        for (int part = 0; part < parts; part++)
            cut[part] = Slice(x, axis, part * (size / parts), size / parts);
        return cut;
    }
    /// <summary>Cuts a tensor into parts of given sizes along an axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="sizes">Sizes of the parts, which add up to that of the axis.</param>
    /// <param name="axis">The axis that is cut, the last one by default.</param>
    public static Tensor[] Split(Tensor x, int[] sizes, int axis = -1)
    {
        int size = x.Shape[Argument.Axis(x, axis)], start = 0;
        Tensor[] cut = new Tensor[sizes.Length];
        for (int part = 0; part < sizes.Length; part++)
        {
            if (sizes[part] <= 0 || start + sizes[part] > size)
                throw new ArgumentException($"the sizes of the parts do not add up to {size} elements", nameof(sizes));
            cut[part] = Slice(x, axis, start, sizes[part]);
            start += sizes[part];
        }

        if (start != size)
            throw new ArgumentException($"the sizes of the parts do not add up to {size} elements", nameof(sizes));
        return cut;
    }
}
