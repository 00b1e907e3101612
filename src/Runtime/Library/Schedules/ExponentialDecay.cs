namespace OptGen;

/// <summary>
/// Multiplies the rate by a factor after every step.
/// <code>
/// η · fᵏ
/// </code>
/// </summary>
/// <remarks>PyTorch's ExponentialLR with the same argument.</remarks>
/// <example><c>[ExponentialDecay(Factor = 0.999)]</c> leaves about a third of the rate after a thousand steps.</example>
public sealed class ExponentialDecay : Schedule
{
    /// <summary>The factor f, 0.99 by default.</summary>
    public double Factor { get; init; } = 0.99;

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * Math.Pow(Factor, step);

    /// <inheritdoc/>
    protected override void Check() => ArgumentOutOfRangeException.ThrowIfNegative(Factor);
}
