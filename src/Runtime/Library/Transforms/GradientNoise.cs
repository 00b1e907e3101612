namespace OptGen;

/// <summary>
/// Adds normal noise whose variance shrinks with the steps.
/// <code>
/// g = g + σₜz, z ~ N(0, 1), σₜ² = η/(1 + t)^γ, where t counts the updates before this one
/// </code>
/// </summary>
/// <param name="variance">The variance η in the first step.</param>
/// <remarks>Neelakantan et al., "Adding gradient noise improves learning for very deep networks", 2015; the normal numbers by Box and Muller, 1958.</remarks>
/// <example><c>[GradientNoise(0.01f)]</c> after clipping; <c>optimizer.Seed</c> chooses the noise.</example>
[Chain(ChainPosition.Modify)]
public sealed class GradientNoise(float variance) : GradientTransform
{
    /// <summary>The variance η in the first step.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float NoiseVariance { get; set; } = variance;

    /// <summary>γ, how fast it shrinks; 0.55 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float NoiseDecay { get; set; } = 0.55f;

    /// <summary>The noisy gradient.</summary>
    [Apply]
    public float Add(float g, int step) => g + MathF.Sqrt(NoiseVariance / MathF.Pow(step, NoiseDecay)) * Normal(0);
}
