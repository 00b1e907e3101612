namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cross-entropy on logits in which what is predicted well counts less, for each element:
    /// <code>
    /// −α(1 − p)^γ · log p        p = σ(x) for t = 1, 1 − σ(x) for t = 0
    /// </code>
    /// </summary>
    /// <param name="logits">What the sigmoid is applied to.</param>
    /// <param name="target">0 or 1 for each; numbers between mix the two.</param>
    /// <param name="gamma">How much less, γ; 2 by default.</param>
    /// <param name="alpha">Weight α of the ones, with 1 − α for the zeros; 0.25 by default.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Lin et al., "Focal loss for dense object detection", 2017.</remarks>
    public static Tensor Focal(Tensor logits, Tensor target, float gamma = 2, float alpha = 0.25f, Reduction reduction = Reduction.Mean)
    {
        Argument.NotNegative(gamma, nameof(gamma));
        Argument.Share(alpha, nameof(alpha));
        return Reduce(
            Map(Logits(logits), Target.Of(logits, target), (x, t) =>
            {
                float crossEntropy = MathF.Max(x, 0) - x * t + MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));
                float p = Sigmoid(x), missing = p + t - 2 * p * t, weight = alpha * t + (1 - alpha) * (1 - t);
                return weight * MathF.Pow(missing, gamma) * crossEntropy;
            }),
            reduction);
    }
}
