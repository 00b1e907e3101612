namespace OptGen;

/// <summary>What a <see cref="LearningRateRangeTest"/> found. Losses are those after the steps at a rate.</summary>
public sealed class LearningRateRange
{
    internal LearningRateRange(List<double> rates, List<double> losses, List<double> smoothed, double start, bool diverged, bool restarted)
    {
        Rates = rates;
        Losses = losses;
        SmoothedLosses = smoothed;
        StartLoss = start;
        Diverged = diverged;

        int lowest = -1, steepest = -1;
        double fall = 0;
        for (int i = 0; i < rates.Count; i++)
        {
            if (smoothed[i] < (lowest < 0 ? start : smoothed[lowest]))
                lowest = i;
        }

        for (int i = 0; i <= lowest; i++)
        {
            double change = smoothed[i] - (i == 0 ? start : smoothed[i - 1]);
            if (change < fall)
                (steepest, fall) = (i, change);
        }

        int worse = restarted ? losses.FindIndex(loss => !(loss < start)) : lowest + 1;
        Best = At(lowest);
        Suggested = At(steepest);
        Limit = At(worse < 0 ? rates.Count - 1 : worse - 1);

        double At(int index) => index < 0 ? double.NaN : rates[index];
    }

    /// <summary>The rates that were tried, ascending.</summary>
    public IReadOnlyList<double> Rates { get; }

    /// <summary>The loss after the steps at each rate.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary><see cref="Losses"/>, averaged as the test was told to.</summary>
    public IReadOnlyList<double> SmoothedLosses { get; }

    /// <summary>The loss before the first step.</summary>
    public double StartLoss { get; }

    /// <summary>Whether the test ended because the loss diverged.</summary>
    public bool Diverged { get; }

    /// <summary>The rate to begin with: the one at which the loss falls most steeply. Not a number when no rate lowered the loss.</summary>
    public double Suggested { get; }

    /// <summary>The rate of the lowest loss. Not a number when no rate lowered the loss.</summary>
    public double Best { get; }

    /// <summary>
    /// The highest rate that is still stable: up to it every rate lowered the loss, if each began anew, or the loss went on falling, in one run. Not a number
    /// when no rate did. Gradient descent on a quadratic is stable up to 2/λ for its largest curvature λ.
    /// </summary>
    public double Limit { get; }
}
