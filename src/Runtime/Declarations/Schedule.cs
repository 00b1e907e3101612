namespace OptGen;

/// <summary>
/// A schedule drives a hyperparameter as a closed-form function of the number of updates already done, which is its only state: a resumed run continues
/// exactly. It is ordinary code that runs once per step, and the attribute of an optimizer class.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class Schedule : Attribute
{
    /// <summary>Name of the hyperparameter that the schedule drives.</summary>
    public string Drives { get; init; } = "LearningRate";

    /// <summary>The value for the next update.</summary>
    /// <param name="initial">The value of the hyperparameter's property.</param>
    /// <param name="step">How many updates were done before this one; 0 for the first.</param>
    public abstract double Value(double initial, int step);
}
