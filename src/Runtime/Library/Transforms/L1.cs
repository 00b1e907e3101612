namespace OptGen;

/// <summary>
/// The penalty λ‖w‖₁ on decayed parameters by its proximal step: weights move towards zero and stay there.
/// <code>
/// w = sign(w) · max(|w| − ηλ, 0)
/// </code>
/// </summary>
/// <param name="strength">Strength λ.</param>
/// <remarks>Tibshirani, "Regression shrinkage and selection via the lasso", 1996; the soft threshold of Donoho, 1995.</remarks>
/// <example><c>[L1(1e-4f)]</c> after the rule makes weights exactly zero.</example>
[Chain(ChainPosition.Constrain)]
public sealed class L1(float strength) : ParameterTransform
{
    /// <summary>Strength λ of the penalty.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float L1Penalty { get; set; } = strength;

    /// <summary>The learning rate η of the rule.</summary>
    [Hyper(OfRule = true)]
    public float LearningRate { get; set; } = 1;

    /// <summary>The shrunk weight.</summary>
    [Apply]
    public void Shrink(ref float w) => w = MathF.Sign(w) * MathF.Max(MathF.Abs(w) - LearningRate * L1Penalty, 0);
}
