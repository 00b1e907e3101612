namespace OptGen;

/// <summary>
/// Scales the gradient of each tensor so that its norm is at most <see cref="MaxTensorNorm"/>.
/// <code>
/// g = g · min(1, c / (‖g‖ + 1e-6))
/// </code>
/// The norm is that of the tensor.
/// </summary>
/// <param name="maxNorm">The bound c.</param>
/// <remarks>Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.</remarks>
/// <example><c>[ClipTensorNorm(1f)]</c> bounds the gradient of each tensor by itself.</example>
[Chain(ChainPosition.Clip)]
public sealed class ClipTensorNorm(float maxNorm) : GradientTransform
{
    /// <summary>The bound c on the norm of a tensor's gradient.</summary>
    [Hyper, Bounds(Above = 0)]
    public float MaxTensorNorm { get; set; } = maxNorm;

    /// <summary>The squared norm.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float g) => g * g;

    /// <summary>The scaled gradient.</summary>
    [Apply]
    public float Scale(float g) => g * MathF.Min(1, MaxTensorNorm / (MathF.Sqrt(SumOfSquares(g)) + 1e-6f));
}
