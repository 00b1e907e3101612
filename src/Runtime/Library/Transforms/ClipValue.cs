namespace OptGen;

/// <summary>
/// Bounds each element of the gradient by itself.
/// <code>
/// g = min(max(g, −c), c)
/// </code>
/// </summary>
/// <param name="limit">The bound c.</param>
/// <remarks>As <c>torch.nn.utils.clip_grad_value_</c>.</remarks>
/// <example><c>[ClipValue(0.5f)]</c> bounds each element to ±½.</example>
[Chain(ChainPosition.Clip)]
public sealed class ClipValue(float limit) : GradientTransform
{
    /// <summary>The bound c on the magnitude of an element.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Limit { get; set; } = limit;

    /// <summary>The bounded gradient.</summary>
    [Apply]
    public float Clamp(float g) => MathF.Min(MathF.Max(g, -Limit), Limit);
}
