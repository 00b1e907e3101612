namespace OptGen;

/// <summary>
/// Hides in normal noise what a single example adds to the mean of a step, which makes any rule differentially private (DP-SGD).
/// <code>
/// g = g + σcz/k, z ~ N(0, 1)
/// </code>
/// c is the bound of <see cref="ClipExample"/>, k the number of examples that <see cref="Accumulate"/> averages: both stand before it. Noise is added once per update. It is drawn by a generator that is good for
/// statistics but not for secrets: keep the seed to yourself, and account for the privacy that is spent with a library for that.
/// </summary>
/// <param name="multiplier">The noise multiplier σ.</param>
/// <remarks>Abadi et al., "Deep learning with differential privacy", 2016; as <c>optax.contrib.differentially_private_aggregate</c>.</remarks>
/// <example><c>[ClipExample(1f), Accumulate(2), PrivacyNoise(1.1f)]</c> before any rule; <c>optimizer.Seed</c> chooses the noise.</example>
[Chain(ChainPosition.Modify)]
public sealed class PrivacyNoise(float multiplier) : GradientTransform
{
    /// <summary>The noise multiplier σ: the deviation of the noise in units of what one example can add.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float NoiseMultiplier { get; set; } = multiplier;

    /// <summary>The bound c on the norm of an example's gradient.</summary>
    [Hyper(Of = nameof(ClipExample))]
    public float ExampleNorm { get; set; }

    /// <summary>k, how many examples make one step.</summary>
    [Hyper(Of = nameof(Accumulate))]
    public int MicroBatches { get; set; }

    /// <summary>The noisy mean.</summary>
    [Apply]
    public float Add(float g) => g + NoiseMultiplier * ExampleNorm / MicroBatches * Normal(0);
}
