namespace OptGen;

/// <summary>
/// Falls along half a cosine, jumps back and falls again, more slowly each time.
/// <code>
/// η_min + (η − η_min) · (1 + cos(π · k/T)) / 2 with k counted from the last restart; T grows by a factor at each
/// </code>
/// </summary>
/// <remarks>Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.</remarks>
/// <example><c>[CosineWarmRestarts(Period = 100, Growth = 2)]</c> restarts after 100, 300, 700, … steps.</example>
public sealed class CosineWarmRestarts : Schedule
{
    /// <summary>Steps T of the first fall.</summary>
    public required int Period { get; init; }

    /// <summary>Factor on the period at each restart; 1 by default.</summary>
    public int Growth { get; init; } = 1;

    /// <summary>The rate η_min at the end of a fall, 0 by default.</summary>
    public double Minimum { get; init; }

    /// <inheritdoc/>
    public override double Value(double initial, int step)
    {
        double period = Period, since = step;
        if (Growth == 1)
        {
            since = step % Period;
        }
        else
        {
            // The falls before number n take T(gⁿ − 1)/(g − 1) steps.
            double fall = Math.Floor(Math.Log(step * (Growth - 1.0) / Period + 1, Growth) + 1e-12);
            since -= Period * (Math.Pow(Growth, fall) - 1) / (Growth - 1);
            period *= Math.Pow(Growth, fall);
        }

        return Minimum + (initial - Minimum) * (1 + Math.Cos(Math.PI * since / period)) / 2;
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Period);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Growth);
        ArgumentOutOfRangeException.ThrowIfNegative(Minimum);
    }
}
