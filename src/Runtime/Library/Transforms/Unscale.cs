namespace OptGen;

/// <summary>
/// Divides gradients of a scaled loss by the scale, and skips steps whose gradients are not finite. The scale halves at every such step and doubles after a run of good ones.
/// <code>
/// g = g/s        any g not finite: skip the step, s = s/2        k good steps: s = 2s
/// </code>
/// Multiply the loss, or its gradient, by the optimizer's <c>Scale</c>. A loss that a later stage reads is divided too, and not finite like a gradient.
/// </summary>
/// <remarks>Micikevicius et al., "Mixed precision training", 2018.</remarks>
/// <example><c>[Unscale]</c> as the first of a chain, with a loss multiplied by <c>optimizer.Scale</c>.</example>
[Chain(ChainPosition.Unscale, NeedsScaledLoss = true, SkipsNonFinite = true)]
public sealed class Unscale : GradientTransform
{
    /// <summary>k, how many good steps in a row double the scale; 2000 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int Interval { get; set; } = 2_000;

    /// <summary>Factor on the scale at a step that is skipped, ½ by default.</summary>
    [Hyper, Bounds(Above = 0, Below = 1)]
    public float Backoff { get; set; } = 0.5f;

    /// <summary>How many gradients are not finite.</summary>
    [Reduce(Over.Everything)]
    public float NotFinite(float g) => g - g == 0 ? 0 : 1;

    /// <summary>The gradient of the loss itself.</summary>
    [Apply]
    public float Divide(float g, [Loss] ref float loss, [State(Over.Everything, Initial = 65_536)] ref float scale, [State(Over.Everything)] ref float goodSteps)
    {
        float unscaled = g / scale;
        bool overflows = NotFinite(unscaled) > 0 || !(loss - loss == 0);
        loss /= scale;
        Hold(overflows);
        bool grows = goodSteps + 1 >= Interval;
        scale = overflows ? scale * Backoff : grows ? scale * 2 : scale;
        goodSteps = overflows || grows ? 0 : goodSteps + 1;
        return unscaled;
    }
}
