namespace OptGen;

/// <summary>
/// Every k steps, slow weights move a share of the way towards the fast ones, which start again from there.
/// <code>
/// every k-th step: s = s + α(w − s), w = s
/// </code>
/// </summary>
/// <remarks>Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", 2019.</remarks>
/// <example><c>[Lookahead(LookaheadSteps = 6)]</c> after the rule.</example>
[Chain(ChainPosition.Average)]
public sealed class Lookahead : ParameterTransform
{
    /// <summary>k, how many steps the fast weights go ahead; 5 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int LookaheadSteps { get; set; } = 5;

    /// <summary>α, the share of the way; ½ by default.</summary>
    [Hyper, Bounds(AtLeast = 0, AtMost = 1)]
    public float LookaheadShare { get; set; } = 0.5f;

    /// <summary>The fast weight.</summary>
    [Apply]
    public void Synchronize(ref float w, float previous, [State(Exact = true, SecondWeights = true)] ref float slow, int step)
    {
        float start = step == 1 ? previous : slow;
        bool meets = step % LookaheadSteps == 0;
        slow = meets ? start + LookaheadShare * (w - start) : start;
        w = meets ? slow : w;
    }
}
