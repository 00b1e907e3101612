namespace OptGen;

/// <summary>
/// Stochastic gradient descent, optionally with momentum:
/// <code>
/// d = g + λw
/// m = d in the first step, afterwards μm + (1 − τ)d
/// w = w − ηm        (Nesterov: w − η(d + μm))
/// </code>
/// Without <see cref="Momentum"/>, w = w − ηd and no state is kept.
/// </summary>
/// <remarks>
/// Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Nesterov, "A method for solving the convex programming problem with
/// convergence rate O(1/k²)", 1983, in the form of Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
/// </remarks>
/// <example><c>[Sgd(LearningRate = 0.1f, Momentum = 0.9f)]</c> gathers speed as long as the gradient keeps its sign.</example>
public sealed class Sgd : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>Share μ of the last direction that is kept. Optional: without it the optimizer keeps no state.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0)]
    public float Momentum { get; set; }

    /// <summary>Share τ of a new gradient that the momentum leaves out, from the second step on. Optional.</summary>
    [Hyper(Optional = true)]
    public float Dampening { get; set; }

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Looks ahead along the momentum. An option, fixed where the attribute is written; false by default.</summary>
    public bool Nesterov { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, int step)
    {
        float direction = g;
        if (Uses(WeightDecay))
            direction += WeightDecay * w;

        if (Uses(Momentum))
        {
            float kept = step == 1 ? 0 : Momentum;
            float added = step == 1 ? 1 : 1 - Dampening;
            m = kept * m + added * direction;
            direction = Nesterov ? direction + Momentum * m : m;
        }

        w -= LearningRate * direction;
    }
}
