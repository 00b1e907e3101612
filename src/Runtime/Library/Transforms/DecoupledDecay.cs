namespace OptGen;

/// <summary>
/// Weight decay beside any rule: shrinks decayed parameters by a share of what they were.
/// <code>
/// w = w − ηλw′
/// </code>
/// w′ is the parameter before the update.
/// </summary>
/// <param name="strength">Strength λ.</param>
/// <remarks>Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.</remarks>
/// <example><c>[DecoupledDecay(0.01f)]</c> after <c>[Adam]</c> gives AdamW.</example>
[Chain(ChainPosition.Update)]
public sealed class DecoupledDecay(float strength) : ParameterTransform
{
    /// <summary>Strength λ: each step takes the share ηλ away.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float DecoupledStrength { get; set; } = strength;

    /// <summary>The learning rate η of the rule.</summary>
    [Hyper(OfRule = true)]
    public float LearningRate { get; set; } = 1;

    /// <summary>The decayed weight.</summary>
    [Apply]
    public void Shrink(ref float w, float previous) => w -= LearningRate * DecoupledStrength * previous;
}
