namespace OptGen;

/// <summary>
/// Skips a step when any gradient is not finite, or a loss that a later stage reads: parameters and states stay as they are.
/// <code>
/// any g not finite: skip the step
/// </code>
/// </summary>
/// <remarks>As <c>optax.apply_if_finite</c>.</remarks>
/// <example><c>[SkipNonFinite]</c> as the first of a chain; <c>optimizer.SkippedSteps</c> counts.</example>
[Chain(ChainPosition.Unscale, SkipsNonFinite = true)]
public sealed class SkipNonFinite : GradientTransform
{
    /// <summary>How many gradients are not finite.</summary>
    [Reduce(Over.Everything)]
    public float NotFinite(float g) => g - g == 0 ? 0 : 1;

    /// <summary>The gradient as it is.</summary>
    [Apply]
    public float Check(float g, [Loss] ref float loss, [State(Over.Everything)] ref float skippedSteps)
    {
        bool skips = NotFinite(g) > 0 || !(loss - loss == 0);
        Hold(skips);
        skippedSteps += skips ? 1 : 0;
        return g;
    }
}
