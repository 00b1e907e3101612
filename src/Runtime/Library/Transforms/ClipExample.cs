namespace OptGen;

/// <summary>
/// Scales the gradient of each micro-batch by one factor, so that its norm is at most <see cref="ExampleNorm"/>, before <see cref="Accumulate"/> averages them. A micro-batch is a single example where privacy is
/// the aim: then no example moves the mean by more than c/k.
/// <code>
/// g = g / max(1, ‖G‖/c), where ‖G‖ is the Euclidean norm over every element of every parameter
/// </code>
/// </summary>
/// <param name="maxNorm">The bound c.</param>
/// <remarks>Abadi et al., "Deep learning with differential privacy", 2016.</remarks>
/// <example><c>[ClipExample(1f)]</c> before <c>[Accumulate(32)]</c>, and steps over one row each.</example>
[Chain(ChainPosition.Example)]
public sealed class ClipExample(float maxNorm) : GradientTransform
{
    /// <summary>The bound c on the norm of an example's gradient.</summary>
    [Hyper, Bounds(Above = 0)]
    public float ExampleNorm { get; set; } = maxNorm;

    /// <summary>The squared joint norm.</summary>
    [Reduce(Over.Everything)]
    public float SumOfSquares(float g) => g * g;

    /// <summary>The bounded gradient.</summary>
    [Apply]
    public float Scale(float g) => g / MathF.Max(1, MathF.Sqrt(SumOfSquares(g)) / ExampleNorm);
}
