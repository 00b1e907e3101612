namespace OptGen;

/// <summary>
/// Treats each parameter's error curve as a parabola through the last two gradients and jumps to its minimum.
/// <code>
/// Δ = Δ′ · g/(g′ − g), at most μ|Δ′| long and never uphill        Δ₁ = −ηg
/// w = w + Δ
/// </code>
/// g′ and Δ′ are the gradient and the step of the update before. It is meant for gradients of the whole training set, not of batches.
/// </summary>
/// <remarks>Fahlman, "Faster-learning variations on back-propagation: an empirical study", 1988.</remarks>
/// <example><c>[Quickprop(LearningRate = 0.1f)]</c> with the gradient of the whole training set.</example>
public sealed class Quickprop : UpdateRule
{
    /// <summary>Size η of the first step, and of the first after a standstill, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>μ, the most by which a step may be longer than the one before; 1.75 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Growth { get; set; } = 1.75f;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State(Exact = true)] ref float move, [State(Exact = true)] ref float last)
    {
        float longest = Growth * MathF.Abs(move);
        float secant = move * g / (last - g);

        // Uphill, or with no curvature at all, the parabola has no minimum ahead: go on as far as is allowed.
        bool hasMinimum = secant * g < 0;
        float jump = hasMinimum ? MathF.Min(MathF.Max(secant, -longest), longest) : -MathF.Sign(g) * longest;
        move = move == 0 ? -LearningRate * g : jump;
        last = g;
        w += move;
    }
}
