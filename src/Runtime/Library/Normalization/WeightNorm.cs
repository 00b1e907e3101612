using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Separates the length of each unit's weights from their direction:
/// <code>
/// w = g · v / ‖v‖
/// </code>
/// v is the layer's own parameter and g one more beside it, 1 at first; the norm is taken over all axes but the last, which counts the units.
/// </summary>
/// <example><code>
/// [Dense(128), WeightNorm] private static partial Tensor Hidden(Tensor x);
/// </code></example>
/// <remarks>Salimans and Kingma, "Weight normalization", 2016.</remarks>
public sealed class WeightNorm : WeightTransform
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight)
    {
        int[] axes = new int[weight.Rank - 1];
        for (int axis = 0; axis < axes.Length; axis++)
            axes[axis] = axis;
        Tensor gain = Parameter([weight.Shape[^1]], ParameterKind.Gain, Init.One);
        return weight * (gain / Sqrt(Sum(Square(weight), axes)));
    }
}
