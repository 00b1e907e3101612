namespace OptGen;

public static partial class Ops
{
    /// <summary>Logistic function: 1 / (1 + e⁻ˣ).</summary>
    /// <remarks>Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.</remarks>
    public static Tensor Sigmoid(Tensor x) => Probabilities(Map(x, Sigmoid));

    /// <inheritdoc cref="Sigmoid(Tensor)"/>
    [Elementwise]
    public static float Sigmoid(float x) => ScalarMath.Sigmoid(x);
}
