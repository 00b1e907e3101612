namespace OptGen;

/// <summary>
/// Bounds how far a step moves a tensor, relative to its size.
/// <code>
/// Δ = Δ · min(1, ηc‖w‖ / ‖Δ‖)
/// </code>
/// Norms are those of the tensor before the step; a tensor that is zero moves freely. After a rule with momentum it is a LARS, after Adam a LAMB, whose factor only shortens steps.
/// </summary>
/// <param name="maxShare">The bound c on the norm of a step of rate 1.</param>
/// <remarks>As <c>max_unorm</c> of bitsandbytes, which its LARS and LAMB stand for; after You, Gitman and Ginsburg, "Large batch training of convolutional networks", 2017.</remarks>
/// <example><c>[ClipUpdate(0.02f)]</c> after <c>[Sgd(Momentum = 0.9f)]</c>.</example>
[Chain(ChainPosition.Update)]
public sealed class ClipUpdate(float maxShare) : ParameterTransform
{
    /// <summary>The bound c.</summary>
    [Hyper, Bounds(Above = 0)]
    public float MaxShare { get; set; } = maxShare;

    /// <summary>The learning rate η of the rule.</summary>
    [Hyper(OfRule = true)]
    public float LearningRate { get; set; } = 1;

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float x) => x * x;

    /// <summary>The bounded step.</summary>
    [Apply]
    public void Bound(ref float w, float previous)
    {
        float change = w - previous;
        float limit = LearningRate * MaxShare * MathF.Sqrt(SumOfSquares(previous)), length = MathF.Sqrt(SumOfSquares(change));
        if (limit > 0 && length > limit)
            w = previous + limit / length * change;
    }
}
