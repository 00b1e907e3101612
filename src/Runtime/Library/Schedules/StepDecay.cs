namespace OptGen;

/// <summary>
/// Multiplies the rate by a factor after every so many steps.
/// <code>
/// η · f^⌊k/s⌋
/// </code>
/// </summary>
/// <remarks>PyTorch's StepLR with the same arguments.</remarks>
/// <example><c>[StepDecay(Every = 1_000, Factor = 0.5)]</c> on a rate of 0.1 gives 0.1 for a thousand steps, then 0.05, then 0.025.</example>
public sealed class StepDecay : Schedule
{
    /// <summary>How many steps s the rate stays the same; at least 1.</summary>
    public required int Every { get; init; }

    /// <summary>The factor f, 0.1 by default.</summary>
    public double Factor { get; init; } = 0.1;

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * Math.Pow(Factor, step / Every);

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Every);
        ArgumentOutOfRangeException.ThrowIfNegative(Factor);
    }
}
