namespace OptGen;

/// <summary>
/// Adds the gradient of the penalty ½λ‖w‖² to decayed parameters.
/// <code>
/// g = g + λw
/// </code>
/// Under a rule that scales gradients (Adam), this is not the same as decay: see <see cref="DecoupledDecay"/>.
/// </summary>
/// <param name="strength">Strength λ.</param>
/// <remarks>Hoerl and Kennard, "Ridge regression", 1970; Loshchilov and Hutter, 2019.</remarks>
/// <example><c>[L2(1e-4f)]</c> before the rule.</example>
[Chain(ChainPosition.Modify)]
public sealed class L2(float strength) : GradientTransform
{
    /// <summary>Strength λ of the penalty.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float L2Penalty { get; set; } = strength;

    /// <summary>The penalized gradient.</summary>
    [Apply]
    public float Add(float g, float w) => g + L2Penalty * w;
}
