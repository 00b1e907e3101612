namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Sum of magnitudes, for a penalty on weights by name that draws them to 0:
    /// <code>
    /// λ · Σ |w|
    /// </code>
    /// </summary>
    /// <param name="strength">λ.</param>
    /// <param name="weights">The parameters, such as <c>Weights("*.Kernel")</c>.</param>
    /// <remarks>Tibshirani, "Regression shrinkage and selection via the lasso", 1996.</remarks>
    public static Tensor L1Penalty(float strength, params Tensor[] weights)
    {
        Argument.NotNegative(strength, nameof(strength));
        Tensor sum = 0f;
        foreach (Tensor weight in weights)
            sum = sum + Sum(Abs(weight));
        return sum * strength;
    }
}
