namespace OptGen;

/// <summary>
/// Rises along a cosine from a share of the rate to all of it, then falls along a cosine to almost nothing.
/// <code>
/// from η/a to η over the first p·T − 1 steps, then to η/(a·b) at step T − 1, each along (1 + cos)/2
/// </code>
/// </summary>
/// <remarks>Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.</remarks>
/// <example><c>[OneCycle(Total = 1_000)]</c> peaks after 300 steps.</example>
public sealed class OneCycle : Schedule
{
    /// <summary>Number T of steps; at least 2.</summary>
    public required int Total { get; init; }

    /// <summary>Share p of the steps that the rise takes, 0.3 by default.</summary>
    public double Rise { get; init; } = 0.3;

    /// <summary>a: the first rate is η/a; 25 by default.</summary>
    public double InitialDivisor { get; init; } = 25;

    /// <summary>b: the last rate is the first one divided by b; 1e4 by default.</summary>
    public double FinalDivisor { get; init; } = 1e4;

    /// <inheritdoc/>
    public override double Value(double initial, int step)
    {
        double first = initial / InitialDivisor, top = Rise * Total - 1, last = Total - 1;
        if (step < top)
            return Between(first, initial, step / top);
        return Between(initial, first / FinalDivisor, Math.Min(1, (step - top) / (last - top)));

        static double Between(double from, double to, double share) => to + (from - to) * (1 + Math.Cos(Math.PI * share)) / 2;
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Total, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Rise);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Rise, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(InitialDivisor);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(FinalDivisor);
    }
}
