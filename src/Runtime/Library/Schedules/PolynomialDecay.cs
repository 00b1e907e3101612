namespace OptGen;

/// <summary>
/// Falls to zero along a power of the share of steps that is left.
/// <code>
/// η · (1 − min(k, T)/T)ᵖ
/// </code>
/// </summary>
/// <remarks>PyTorch's PolynomialLR with the same arguments; Chen et al., "DeepLab", 2018, use a power of 0.9.</remarks>
/// <example><c>[PolynomialDecay(Total = 1_000)]</c> reaches half the rate after 500 steps.</example>
public sealed class PolynomialDecay : Schedule
{
    /// <summary>Number T of the step from which the rate is 0.</summary>
    public required int Total { get; init; }

    /// <summary>The power p; 1, a straight line, by default.</summary>
    public double Power { get; init; } = 1;

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * Math.Pow(1 - Math.Min(step, Total) / (double)Total, Power);

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Total);
        ArgumentOutOfRangeException.ThrowIfNegative(Power);
    }
}
