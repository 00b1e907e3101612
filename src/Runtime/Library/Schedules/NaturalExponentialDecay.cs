namespace OptGen;

/// <summary>
/// Falls exponentially with the number of steps, given how fast rather than by what factor.
/// <code>
/// η · e^(−β·k)
/// </code>
/// </summary>
/// <remarks>Darken and Moody, "Note on learning rate schedules for stochastic optimization", 1991, discuss how fast a rate may fall.</remarks>
/// <example><c>[NaturalExponentialDecay(Speed = 0.001)]</c> leaves 37 % of the rate after a thousand steps.</example>
public sealed class NaturalExponentialDecay : Schedule
{
    /// <summary>How fast the rate falls: β, per step.</summary>
    public required double Speed { get; init; }

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * Math.Exp(-Speed * step);

    /// <inheritdoc/>
    protected override void Check() => ArgumentOutOfRangeException.ThrowIfNegative(Speed);
}
