namespace OptGen;

/// <summary>
/// Multiplies the rate by a factor at each of some steps.
/// <code>
/// η · f^(number of milestones ≤ k)
/// </code>
/// </summary>
/// <remarks>He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016, divide the rate by ten at two milestones.</remarks>
/// <example><c>[MultiStepDecay(Milestones = new[] { 300, 600 })]</c> divides the rate by ten after 300 steps and again after 600.</example>
public sealed class MultiStepDecay : Schedule
{
    /// <summary>The steps at which the rate falls; none by default.</summary>
    public int[] Milestones { get; init; } = [];

    /// <summary>The factor f, 0.1 by default.</summary>
    public double Factor { get; init; } = 0.1;

    /// <inheritdoc/>
    public override double Value(double initial, int step)
    {
        int passed = 0;
        foreach (int milestone in Milestones)
            passed += step >= milestone ? 1 : 0;
        return initial * Math.Pow(Factor, passed);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Factor);
        foreach (int milestone in Milestones)
        {
            if (milestone < 0)
                throw new ArgumentOutOfRangeException(nameof(Milestones), $"'Milestones' has {milestone}, but steps count from 0");
        }
    }
}
