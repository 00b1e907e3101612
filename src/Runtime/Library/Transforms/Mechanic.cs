namespace OptGen;

/// <summary>
/// Learns a factor s on the rule's steps from how well they go along with the gradients: a learning rate for any rule, by six candidates that forget at different speeds.
/// <code>
/// Δ = (w₀ − w)/(s + ε)        h = ⟨g + λs·(‖g‖/(‖w‖ + ε))·w, Δ⟩
/// for each β of 0.9, 0.99, …, 0.999999:
///     r = βr + min(max(h, −m), m)·sᵦ        m = max(βm, |h| + ε)        v = β²v + h²
///     sᵦ = (s₀m/6 + max(r, 0)) / (√v + ε)
/// s = Σ sᵦ        w = w₀ − s(Δ − u)
/// </code>
/// u is the change that the rule makes, w₀ where the parameters were at first; products and norms are over all parameters.
/// </summary>
/// <remarks>Cutkosky, Defazio and Mehta, "Mechanic: a learning rate tuner", 2023; the bound on h as in the authors' code and <c>optax.contrib.mechanize</c>.</remarks>
/// <example><c>[Mechanic]</c> after a rule whose learning rate is 1, such as <c>[AdamW(LearningRate = 1f)]</c>; schedules keep their place.</example>
[Chain(ChainPosition.Update)]
public sealed class Mechanic : ParameterTransform
{
    /// <summary>λ, a decay that the factor is learned with; 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float MechanicDecay { get; set; } = 1e-2f;

    /// <summary>ε, what keeps divisors from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float MechanicEpsilon { get; set; } = 1e-8f;

    /// <summary>s₀, the first factor of each candidate; 1e-6 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float InitialFactor { get; set; } = 1e-6f;

    /// <summary>Sum over all parameters.</summary>
    [Reduce(Over.Everything)]
    public float Sum(float x) => x;

    /// <summary>The step of the size that was learned.</summary>
    [Apply]
    public void Scale(
        ref float w, float previous, float g,
        [State(Exact = true)] ref float start,
        [State(Over.Everything)] ref float reward1, [State(Over.Everything)] ref float most1, [State(Over.Everything)] ref float squares1, [State(Over.Everything)] ref float factor1,
        [State(Over.Everything)] ref float reward2, [State(Over.Everything)] ref float most2, [State(Over.Everything)] ref float squares2, [State(Over.Everything)] ref float factor2,
        [State(Over.Everything)] ref float reward3, [State(Over.Everything)] ref float most3, [State(Over.Everything)] ref float squares3, [State(Over.Everything)] ref float factor3,
        [State(Over.Everything)] ref float reward4, [State(Over.Everything)] ref float most4, [State(Over.Everything)] ref float squares4, [State(Over.Everything)] ref float factor4,
        [State(Over.Everything)] ref float reward5, [State(Over.Everything)] ref float most5, [State(Over.Everything)] ref float squares5, [State(Over.Everything)] ref float factor5,
        [State(Over.Everything)] ref float reward6, [State(Over.Everything)] ref float most6, [State(Over.Everything)] ref float squares6, [State(Over.Everything)] ref float factor6,
        int step)
    {
        if (step == 1)
        {
            start = previous;
            factor1 = factor2 = factor3 = factor4 = factor5 = factor6 = InitialFactor;
        }

        float factor = factor1 + factor2 + factor3 + factor4 + factor5 + factor6;
        float path = (start - previous) / (factor + MechanicEpsilon);
        float decay = MechanicDecay * factor * MathF.Sqrt(Sum(g * g)) / (MathF.Sqrt(Sum(previous * previous)) + MechanicEpsilon);
        float gain = Sum(g * path) + decay * Sum(previous * path);
        Learn(0.9f, gain, ref reward1, ref most1, ref squares1, ref factor1);
        Learn(0.99f, gain, ref reward2, ref most2, ref squares2, ref factor2);
        Learn(0.999f, gain, ref reward3, ref most3, ref squares3, ref factor3);
        Learn(0.9999f, gain, ref reward4, ref most4, ref squares4, ref factor4);
        Learn(0.99999f, gain, ref reward5, ref most5, ref squares5, ref factor5);
        Learn(0.999999f, gain, ref reward6, ref most6, ref squares6, ref factor6);
        float learned = factor1 + factor2 + factor3 + factor4 + factor5 + factor6;
        w = start - learned * (path - (w - previous));
    }

    /// <summary>What a candidate makes of one more gain.</summary>
    private void Learn(float memory, float gain, ref float reward, ref float most, ref float squares, ref float factor)
    {
        reward = memory * reward + MathF.Min(MathF.Max(gain, -most), most) * factor;
        most = MathF.Max(memory * most, MathF.Abs(gain) + MechanicEpsilon);
        squares = memory * memory * squares + gain * gain;
        factor = (InitialFactor / 6 * most + MathF.Max(reward, 0)) / (MathF.Sqrt(squares) + MechanicEpsilon);
    }
}
