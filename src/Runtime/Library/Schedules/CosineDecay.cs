namespace OptGen;

/// <summary>
/// Falls along half a cosine, slowly at both ends, and stays at the bottom.
/// <code>
/// η_min + (η − η_min) · (1 + cos(π · min(k, T)/T)) / 2
/// </code>
/// </summary>
/// <remarks>Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.</remarks>
/// <example><c>[CosineDecay(Total = 1_000)]</c> reaches half the rate after 500 steps and zero after 1,000.</example>
public sealed class CosineDecay : Schedule
{
    /// <summary>Number T of the step from which the rate is <see cref="Minimum"/>; at least 1.</summary>
    public required int Total { get; init; }

    /// <summary>The rate η_min at the end, 0 by default.</summary>
    public double Minimum { get; init; }

    /// <inheritdoc/>
    public override double Value(double initial, int step) =>
        Minimum + (initial - Minimum) * (1 + Math.Cos(Math.PI * Math.Min(step, Total) / Total)) / 2;

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Total);
        ArgumentOutOfRangeException.ThrowIfNegative(Minimum);
    }
}
