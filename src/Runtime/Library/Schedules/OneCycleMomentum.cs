namespace OptGen;

/// <summary>
/// The counterpart of <see cref="OneCycle"/> for a momentum: it falls along a cosine while the rate rises, and returns while the rate falls.
/// <code>
/// from β to β_min over the first p·T − 1 steps, then back to β at step T − 1, each along (1 + cos)/2
/// </code>
/// </summary>
/// <remarks>Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.</remarks>
/// <example>
/// <c>[OneCycleMomentum(Total = 1_000, Drives = "Beta1")]</c> beside <c>[OneCycle(Total = 1_000)]</c> moves the momentum of Adam against its rate.
/// </example>
public sealed class OneCycleMomentum : Schedule
{
    /// <summary>Drives <c>Momentum</c> unless told otherwise.</summary>
    public OneCycleMomentum() => Drives = "Momentum";

    /// <summary>Number T of steps; at least 2.</summary>
    public required int Total { get; init; }

    /// <summary>Share p of the steps that the fall takes, 0.3 by default.</summary>
    public double Fall { get; init; } = 0.3;

    /// <summary>The lowest momentum β_min, 0.85 by default.</summary>
    public double Minimum { get; init; } = 0.85;

    /// <inheritdoc/>
    public override double Value(double initial, int step)
    {
        double bottom = Fall * Total - 1, last = Total - 1;
        double share = step < bottom ? step / bottom : 1 - Math.Min(1, (step - bottom) / (last - bottom));
        return Minimum + (initial - Minimum) * (1 + Math.Cos(Math.PI * share)) / 2;
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Total, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Fall);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Fall, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegative(Minimum);
    }
}
