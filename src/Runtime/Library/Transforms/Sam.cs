namespace OptGen;

/// <summary>
/// Sharpness-aware minimization: the gradient is taken where, by the gradient here, the loss is highest within a radius; two gradients for one update.
/// <code>
/// ŵ = w + ρ·g/(‖G‖ + 1e-12)        the rule then updates w by the gradient at ŵ
/// </code>
/// ‖G‖ is the norm over all parameters.
/// </summary>
/// <param name="radius">The radius ρ.</param>
/// <remarks>Foret et al., "Sharpness-aware minimization for efficiently improving generalization", 2021.</remarks>
/// <example><c>[Sam(0.05f)]</c> before any rule; without a model, call <c>Perturb</c> with the first gradients and <c>Step</c> with the second.</example>
public sealed class Sam(float radius) : Perturbation
{
    /// <summary>The radius ρ, often 0.05.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Radius { get; set; } = radius;

    /// <summary>The squared joint norm.</summary>
    [Reduce(Over.Everything)]
    public float SumOfSquares(float g) => g * g;

    /// <summary>The parameter on the sphere.</summary>
    [Apply]
    public void Ascend(ref float w, float g) => w += Radius / (MathF.Sqrt(SumOfSquares(g)) + 1e-12f) * g;
}
