namespace OptGen;

/// <summary>
/// Falls with the square of the number of steps.
/// <code>
/// η / (k + 1)²
/// </code>
/// </summary>
/// <remarks>The sum of the rates is finite, η · π²/6, so this falls faster than Robbins and Monro, "A stochastic approximation method", 1951, allow.</remarks>
/// <example><c>[InverseTimeSquared]</c> on a rate of 0.1 gives 0.1, 0.025, 0.011, …</example>
public sealed class InverseTimeSquared : Schedule
{
    /// <inheritdoc/>
    public override double Value(double initial, int step) => initial / ((step + 1.0) * (step + 1.0));
}
