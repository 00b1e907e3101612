namespace OptGen;

/// <summary>
/// Rises linearly, stays, and falls over the last steps only, so that a run can be prolonged from its stable part.
/// <code>
/// k &lt; W:      η · (k + 1)/W
/// k &lt; T − D:  η
/// else:       η_min + (η − η_min) · (1 − min(1, (k − T + D)/D)ᵖ)
/// </code>
/// </summary>
/// <remarks>
/// Hu et al., "MiniCPM: unveiling the potential of small language models with scalable training strategies", 2024; the fall by 1 − √ (a power of ½) is of
/// Hägele et al., "Scaling laws and compute-optimal training beyond fixed training durations", 2024.
/// </remarks>
/// <example><c>[WarmupStableDecay(Warmup = 100, Total = 1_000, Decay = 200)]</c> holds the full rate from the hundredth step to the eight hundredth.</example>
public sealed class WarmupStableDecay : Schedule
{
    /// <summary>How many steps W the rise takes; 0 (the default) for none.</summary>
    public int Warmup { get; init; }

    /// <summary>Number T of the step from which the rate is <see cref="Minimum"/>, warm-up included.</summary>
    public required int Total { get; init; }

    /// <summary>How many steps D the fall takes; at least 1.</summary>
    public required int Decay { get; init; }

    /// <summary>The power p of the fall; 1, a straight line, by default.</summary>
    public double Power { get; init; } = 1;

    /// <summary>The rate η_min at the end, 0 by default.</summary>
    public double Minimum { get; init; }

    /// <inheritdoc/>
    public override double Value(double initial, int step)
    {
        if (step < Warmup)
            return initial * (step + 1) / Warmup;
        if (step < Total - Decay)
            return initial;
        double progress = Math.Min(1, (step - Total + Decay) / (double)Decay);
        return Minimum + (initial - Minimum) * (1 - Math.Pow(progress, Power));
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Warmup);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Decay);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Power);
        ArgumentOutOfRangeException.ThrowIfNegative(Minimum);
        if (Total < Warmup + Decay)
            throw new ArgumentOutOfRangeException(nameof(Total), $"'Total' is {Total}, but the rise and the fall alone take {Warmup + Decay} steps");
    }
}
