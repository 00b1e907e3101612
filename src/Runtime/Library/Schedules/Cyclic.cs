namespace OptGen;

/// <summary>
/// Rises and falls along straight lines between a minimum and the rate, over and over.
/// <code>
/// η_min + (η − η_min) · d^(c − 1) · γᵏ · max(0, 1 − |k/s − 2c + 1|), c = ⌊1 + k/2s⌋
/// </code>
/// </summary>
/// <remarks>
/// Smith, "Cyclical learning rates for training neural networks", 2017; its forms are triangular (d = γ = 1), triangular2 (d = ½) and exponential range (γ &lt; 1).
/// </remarks>
/// <example><c>[Cyclic(HalfPeriod = 2_000, Minimum = 1e-4)]</c> reaches the full rate every 4,000 steps.</example>
public sealed class Cyclic : Schedule
{
    /// <summary>Steps s of a rise.</summary>
    public required int HalfPeriod { get; init; }

    /// <summary>The lowest rate η_min, 0 by default.</summary>
    public double Minimum { get; init; }

    /// <summary>Factor d on the height of each further cycle; 1 by default.</summary>
    public double Decay { get; init; } = 1;

    /// <summary>Factor γ on the height after every step; 1 by default.</summary>
    public double DecayPerStep { get; init; } = 1;

    /// <inheritdoc/>
    public override double Value(double initial, int step)
    {
        double cycle = Math.Floor(1 + step / (2.0 * HalfPeriod));
        double height = Math.Max(0, 1 - Math.Abs(step / (double)HalfPeriod - 2 * cycle + 1));
        return Minimum + (initial - Minimum) * Math.Pow(Decay, cycle - 1) * Math.Pow(DecayPerStep, step) * height;
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HalfPeriod);
        ArgumentOutOfRangeException.ThrowIfNegative(Minimum);
        ArgumentOutOfRangeException.ThrowIfNegative(Decay);
        ArgumentOutOfRangeException.ThrowIfNegative(DecayPerStep);
    }
}
