namespace OptGen;

/// <summary>
/// Scales all gradients by one factor, so that their joint norm is at most <see cref="MaxNorm"/>.
/// <code>
/// g = g · min(1, c / (‖G‖ + 1e-6)), where ‖G‖ is the Euclidean norm over every element of every parameter
/// </code>
/// </summary>
/// <param name="maxNorm">The bound c.</param>
/// <remarks>Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.</remarks>
/// <example><c>[ClipGlobalNorm(1f)]</c> lets no step see a gradient that is longer than 1.</example>
[Chain(ChainPosition.Clip)]
public sealed class ClipGlobalNorm(float maxNorm) : GradientTransform
{
    /// <summary>The bound c on the joint norm.</summary>
    [Hyper, Bounds(Above = 0)]
    public float MaxNorm { get; set; } = maxNorm;

    /// <summary>The squared joint norm.</summary>
    [Reduce(Over.Everything)]
    public float SumOfSquares(float g) => g * g;

    /// <summary>The scaled gradient.</summary>
    [Apply]
    public float Scale(float g) => g * MathF.Min(1, MaxNorm / (MathF.Sqrt(SumOfSquares(g)) + 1e-6f));
}
