namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Probabilities from logits along an axis:
    /// <code>
    /// yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)
    /// </code>
    /// The largest logit is subtracted first, so that nothing overflows.
    /// </summary>
    /// <param name="x">The logits.</param>
    /// <param name="axis">The axis along which the results add up to 1; the last one by default.</param>
    /// <remarks>Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.</remarks>
    public static Tensor Softmax(Tensor x, int axis = -1)
    {
        Tensor power = Exp(x - StopGradient(Max(x, axis)));
        return Probabilities(power / Sum(power, axis));
    }
}
