namespace OptGen;

/// <summary>
/// Holds weights at zero where a mask is zero, as for pruned networks and lottery tickets. The mask is the optimizer's <c>Mask</c>, all ones at first.
/// <code>
/// w = mask = 0 ? 0 : w
/// </code>
/// </summary>
/// <remarks>Frankle and Carbin, "The lottery ticket hypothesis", 2019.</remarks>
/// <example><c>[WeightMask]</c> as the last of a chain; <c>optimizer.Mask.Fill(1)</c> frees all weights.</example>
[Chain(ChainPosition.Constrain, HoldsWhereMoved = true)]
public sealed class WeightMask : ParameterTransform
{
    /// <summary>The masked weight.</summary>
    [Apply]
    public void Hold(ref float w, [Input(Initial = 1)] float mask) => w = mask == 0 ? 0 : w;
}
