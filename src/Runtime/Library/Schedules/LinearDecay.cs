namespace OptGen;

/// <summary>
/// Falls along a straight line to a share of the rate, and stays there.
/// <code>
/// η · (1 + (e − 1) · min(k, T)/T)
/// </code>
/// </summary>
/// <remarks>Defazio et al., "Optimal linear decay learning rate schedules and further refinements", 2023.</remarks>
/// <example><c>[LinearDecay(Total = 1_000, End = 0.1)]</c> falls to a tenth of the rate in 1,000 steps.</example>
public sealed class LinearDecay : Schedule
{
    /// <summary>How many steps T the fall takes; at least 1.</summary>
    public required int Total { get; init; }

    /// <summary>The share e of the rate at the end, 0 by default.</summary>
    public double End { get; init; }

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * (1 + (End - 1) * Math.Min(step, Total) / Total);

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Total);
        ArgumentOutOfRangeException.ThrowIfNegative(End);
    }
}
