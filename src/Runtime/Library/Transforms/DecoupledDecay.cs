namespace OptGen;

/// <summary>
/// Weight decay beside any rule: shrinks decayed parameters by a share of what they were.
/// <code>
/// w = w − ηλw′
/// </code>
/// w′ is the parameter before the update. With <c>PeakRate</c>, the decay follows the square of a scheduled rate: w = w − (η²/η₀)λw′.
/// </summary>
/// <param name="strength">Strength λ.</param>
/// <remarks>Loshchilov and Hutter, "Decoupled weight decay regularization", 2019; the corrected one after Defazio, "Why gradients rapidly increase near the end of training", 2025.</remarks>
/// <example><c>[DecoupledDecay(0.01f)]</c> after <c>[Adam]</c> gives AdamW.</example>
[Chain(ChainPosition.Update)]
public sealed class DecoupledDecay(float strength) : ParameterTransform
{
    /// <summary>Strength λ: each step takes the share ηλ away.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float DecoupledStrength { get; set; } = strength;

    /// <summary>η₀, the highest learning rate of the schedule: where it is given, decay is corrected by η/η₀. Optional.</summary>
    [Hyper(Optional = true), Bounds(Above = 0)]
    public float PeakRate { get; set; }

    /// <summary>The learning rate η of the rule.</summary>
    [Hyper(OfRule = true)]
    public float LearningRate { get; set; } = 1;

    /// <summary>The decayed weight.</summary>
    [Apply]
    public void Shrink(ref float w, float previous)
    {
        float rate = LearningRate;
        if (Uses(PeakRate))
            rate = LearningRate * LearningRate / PeakRate;
        w -= rate * DecoupledStrength * previous;
    }
}
