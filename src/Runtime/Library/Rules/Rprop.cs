namespace OptGen;

/// <summary>
/// Resilient backpropagation: steps of its own for each parameter, by the gradient's sign alone. For full batches.
/// <code>
/// s = clamp(s · (gp &gt; 0 ? growth : gp &lt; 0 ? shrink : 1))        g = 0 where gp &lt; 0
/// w = w − s · sign(g)        p = g
/// </code>
/// </summary>
/// <remarks>Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning", 1993, in the form without backtracking.</remarks>
/// <example><c>[Rprop]</c> makes its steps longer by a fifth as long as the gradient keeps its sign.</example>
public sealed class Rprop : UpdateRule
{
    /// <summary>First step η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>Factor on the step while the sign stays, 1.2 by default.</summary>
    [Hyper, Bounds(Above = 1)]
    public float Growth { get; set; } = 1.2f;

    /// <summary>Factor on the step when the sign changes, 0.5 by default.</summary>
    [Hyper, Bounds(Above = 0, Below = 1)]
    public float Shrink { get; set; } = 0.5f;

    /// <summary>Smallest step, 1e-6 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float MinimumStep { get; set; } = 1e-6f;

    /// <summary>Largest step, 50 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float MaximumStep { get; set; } = 50f;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float p, [State(NonNegative = true, Exact = true)] ref float s, int step)
    {
        float agreement = g * p;
        float factor = agreement > 0 ? Growth : agreement < 0 ? Shrink : 1;
        s = MathF.Min(MathF.Max((step == 1 ? LearningRate : s) * factor, MinimumStep), MaximumStep);
        p = agreement < 0 ? 0 : g;
        w -= s * MathF.Sign(p);
    }
}
