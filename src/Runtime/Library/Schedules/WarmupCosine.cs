namespace OptGen;

/// <summary>
/// Rises linearly over the first steps, then falls along half a cosine:
/// <code>
/// step &lt; W:  η · (step + 1) / W
/// else:      η_min + (η − η_min) · (1 + cos(π (step − W) / (T − W))) / 2, and η_min from step T on
/// </code>
/// </summary>
/// <remarks>
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017; Goyal et al., "Accurate, large minibatch SGD", 2017, for the warm-up.
/// </remarks>
/// <example><c>[WarmupCosine(Warmup = 100, Total = 2_000)]</c> reaches the full rate in the hundredth step and zero after two thousand.</example>
public sealed class WarmupCosine : Schedule
{
    /// <summary>How many steps W the rise takes; 0 (the default) for none.</summary>
    public int Warmup { get; init; }

    /// <summary>Number T of the step from which the rate is <see cref="Minimum"/>, warm-up included.</summary>
    public required int Total { get; init; }

    /// <summary>The rate η_min at the end, 0 by default.</summary>
    public double Minimum { get; init; }

    /// <inheritdoc/>
    public override double Value(double initial, int step)
    {
        if (step < Warmup)
            return initial * (step + 1) / Warmup;
        if (step >= Total)
            return Minimum;
        double progress = (step - Warmup) / (double)(Total - Warmup);
        return Minimum + (initial - Minimum) * (1 + Math.Cos(Math.PI * progress)) / 2;
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Warmup);
        ArgumentOutOfRangeException.ThrowIfLessThan(Total, Warmup);
        ArgumentOutOfRangeException.ThrowIfNegative(Minimum);
    }
}
