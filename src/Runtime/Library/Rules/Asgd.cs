namespace OptGen;

/// <summary>
/// Averaged stochastic gradient descent: a slowly shrinking step, and the mean of the parameters from some step on.
/// <code>
/// ηₜ = η / (1 + ληt′)^α        w = (1 − ληₜ)w − ηₜg        w̄ = w̄ + (w − w̄)/max(1, t′ − t₀)
/// </code>
/// t′ = t − 1 counts the updates before this one. The mean is the optimizer's <c>Average</c>.
/// </summary>
/// <remarks>Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.</remarks>
/// <example><c>[Asgd(Start = 1_000)]</c> averages from the thousandth step on.</example>
public sealed class Asgd : UpdateRule
{
    /// <summary>Step size η, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>λ, the decay of steps and parameters; 0.0001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Lambda { get; set; } = 1e-4f;

    /// <summary>α, the power of the step's decay; 0.75 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Alpha { get; set; } = 0.75f;

    /// <summary>t₀, the step from which on the mean is taken; a million by default. Until then it is the parameter itself.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public int Start { get; set; } = 1_000_000;

    /// <summary>Strength λ of the L2 penalty, which is added to the gradient. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State(Exact = true)] ref float average, int step)
    {
        if (Uses(WeightDecay))
            g += WeightDecay * w;
        float rate = LearningRate / MathF.Pow(1 + Lambda * LearningRate * (step - 1), Alpha);
        w = w * (1 - Lambda * rate) - rate * g;
        average += (w - average) / MathF.Max(1, step - 1 - Start);
    }
}
