namespace OptGen;

/// <summary>
/// Rises linearly from a share of the rate to all of it.
/// <code>
/// η · (s + (1 − s) · min(k, W)/W)
/// </code>
/// </summary>
/// <remarks>Goyal et al., "Accurate, large minibatch SGD", 2017.</remarks>
/// <example><c>[LinearWarmup(Warmup = 10, Start = 0.1)]</c> on a rate of 0.1 gives 0.01, 0.019, … and 0.1 from the tenth step on.</example>
public sealed class LinearWarmup : Schedule
{
    /// <summary>How many steps W the rise takes; at least 1.</summary>
    public required int Warmup { get; init; }

    /// <summary>The share s at the first step, 0 by default.</summary>
    public double Start { get; init; }

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * (Start + (1 - Start) * Math.Min(step, Warmup) / Warmup);

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Warmup);
        ArgumentOutOfRangeException.ThrowIfNegative(Start);
    }
}
