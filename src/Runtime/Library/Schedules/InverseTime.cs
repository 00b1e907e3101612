namespace OptGen;

/// <summary>
/// Falls with the number of steps.
/// <code>
/// η / (k + 1)
/// </code>
/// </summary>
/// <remarks>Robbins and Monro, "A stochastic approximation method", 1951: the sum of the rates diverges, that of their squares does not.</remarks>
/// <example><c>[InverseTime]</c> on a rate of 0.1 gives 0.1, 0.05, 0.033, …</example>
public sealed class InverseTime : Schedule
{
    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial / (step + 1.0);
}
