namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Sum of squares, for a penalty on weights by name:
    /// <code>
    /// ½λ · Σ w²
    /// </code>
    /// </summary>
    /// <param name="strength">λ.</param>
    /// <param name="weights">The parameters, such as <c>Weights("*.Kernel")</c>.</param>
    /// <example><code>
    /// [Loss] private static Tensor Loss(Tensor y, [Shape] Labels t) => SoftmaxCrossEntropy(y, t) + L2Penalty(1e-4f, Weights("*.Kernel"));
    /// </code></example>
    /// <remarks>Hoerl and Kennard, "Ridge regression", 1970.</remarks>
    public static Tensor L2Penalty(float strength, params Tensor[] weights)
    {
        Argument.NotNegative(strength, nameof(strength));
        Tensor sum = 0f;
        foreach (Tensor weight in weights)
            sum = sum + Sum(Square(weight));
        return sum * (0.5f * strength);
    }
}
