namespace OptGen;

/// <summary>
/// Gradient centralization: takes from each unit's gradient its mean.
/// <code>
/// g = g − mean over the column of g
/// </code>
/// A column is the weights that lead into one unit. A tensor of a single axis, such as a bias, has columns of one element and is left as it is.
/// </summary>
/// <remarks>Yong et al., "Gradient centralization: a new optimization technique for deep neural networks", 2020.</remarks>
/// <example><c>[Centralize]</c> before any rule.</example>
[Chain(ChainPosition.Modify)]
public sealed class Centralize : GradientTransform
{
    /// <summary>The mean of a unit's gradient.</summary>
    [Reduce(Over.Column, Reduction.Mean)]
    public float Mean(float g) => g;

    /// <summary>How many weights a unit has.</summary>
    [Reduce(Over.Column)]
    public float Count(float one) => one;

    /// <summary>The centered gradient.</summary>
    [Apply]
    public float Center(float g) => Count(1) > 1 ? g - Mean(g) : g;
}
