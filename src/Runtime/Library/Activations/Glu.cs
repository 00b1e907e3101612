namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Gated linear unit: one half of the features, each let through by a sigmoid of the other half.
    /// <code>
    /// y = a · σ(b)        x = [a, b]
    /// </code>
    /// </summary>
    /// <param name="x">What is split; the size of the axis is even.</param>
    /// <param name="axis">The axis that is halved; the last one by default.</param>
    /// <remarks>Dauphin et al., "Language modeling with gated convolutional networks", 2017.</remarks>
    public static Tensor Glu(Tensor x, int axis = -1)
    {
        int size = x.Shape[Argument.Axis(x, axis)];
        if (size % 2 != 0)
            throw new ArgumentException("the axis that is halved must have an even size", nameof(x));
        return Slice(x, axis, 0, size / 2) * Sigmoid(Slice(x, axis, size / 2, size / 2));
    }
}
