namespace OptGen;

/// <summary>
/// Stays at a share of the rate: a piece among others.
/// <code>
/// η · f
/// </code>
/// </summary>
/// <remarks>PyTorch's ConstantLR and optax's constant_schedule, as one piece of a longer schedule.</remarks>
/// <example><c>[Constant(Factor = 0.1, From = 500)]</c> divides the rate by ten after 500 steps.</example>
public sealed class Constant : Schedule
{
    /// <summary>The share f, 1 by default.</summary>
    public double Factor { get; init; } = 1;

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * Factor;

    /// <inheritdoc/>
    protected override void Check() => ArgumentOutOfRangeException.ThrowIfNegative(Factor);
}
