namespace OptGen;

/// <summary>
/// Rises linearly over the first steps, then falls with the square root of the number of steps, without an end that must be known.
/// <code>
/// η · min((k + 1)/W, √(W/(k + 1)))
/// </code>
/// </summary>
/// <remarks>Vaswani et al., "Attention is all you need", 2017.</remarks>
/// <example><c>[InverseSquareRoot(Warmup = 4_000)]</c> reaches the full rate in step 4,000 and half of it in step 16,000.</example>
public sealed class InverseSquareRoot : Schedule
{
    /// <summary>How many steps W the rise takes; at least 1 (the default), for none.</summary>
    public int Warmup { get; init; } = 1;

    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial * Math.Min((step + 1.0) / Warmup, Math.Sqrt(Warmup / (step + 1.0)));

    /// <inheritdoc/>
    protected override void Check() => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Warmup);
}
