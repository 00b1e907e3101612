namespace OptGen;

/// <summary>
/// Multiplies the rate by a factor at each of some steps.
/// <code>
/// η · f^(number of milestones ≤ k)
/// </code>
/// </summary>
/// <example><c>[MultiStepDecay(Milestones = new[] { 300, 600 })]</c> divides the rate by ten after 300 steps and again after 600.</example>
public sealed class MultiStepDecay : Schedule
{
    /// <summary>The steps at which the rate falls.</summary>
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
}
