namespace OptGen;

/// <summary>
/// Gradient descent that expects the next gradient to differ from this one as this one does from the last. It converges in games, where plain descent goes in circles.
/// <code>
/// w = w − η((α + β)g − βg′)
/// </code>
/// g′ is the gradient of the update before; in the first it is g.
/// </summary>
/// <remarks>Mokhtari, Ozdaglar and Pattathil, "A unified analysis of extra-gradient and optimistic gradient methods for saddle point problems", 2020, section 4.</remarks>
/// <example><c>[OptimisticGradientDescent(LearningRate = 0.1f)]</c></example>
public sealed class OptimisticGradientDescent : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>α, the weight of the gradient; 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Alpha { get; set; } = 1f;

    /// <summary>β, the weight of its change; 1 by default. With 0 it is plain gradient descent.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Beta { get; set; } = 1f;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float last, int step)
    {
        float change = step == 1 ? 0 : Beta;
        w -= LearningRate * (Alpha * g + change * (g - last));
        last = g;
    }
}
