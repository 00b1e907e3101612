namespace OptGen;

/// <summary>
/// A schedule drives a hyperparameter as a closed-form function of the number of updates already done, so that a resumed run continues exactly. It is ordinary
/// code that runs once per step.
/// <para>
/// Derive from it to define a schedule, and write that as the attribute of an optimizer class: <c>[CosineDecay(Total = 1_000)]</c>. Written as
/// <c>[Schedule]</c> on a method <c>double Rate(double initial, int step)</c> of the optimizer class, it makes that method the schedule.
/// </para>
/// <para>
/// Several schedules of one hyperparameter are pieces that follow each other: each begins at its <see cref="From"/>, counts its own steps from there, and is
/// relieved by the next. <c>[LinearWarmup(Warmup = 100)] [CosineDecay(Total = 900, From = 100)]</c> warms up, then decays.
/// </para>
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public class Schedule : Attribute
{
    /// <summary>Name of the hyperparameter that the schedule drives; <c>LearningRate</c> by default.</summary>
    public string Drives { get; init; } = "LearningRate";

    /// <summary>
    /// How many updates are done before the schedule begins, which it counts from; 0 by default. Until then the hyperparameter keeps its property's value.
    /// </summary>
    public int From { get; init; }

    /// <summary>The value for the next update.</summary>
    /// <param name="initial">The value of the hyperparameter's property.</param>
    /// <param name="step">How many updates were done since the schedule began; 0 for the first.</param>
    public virtual double Value(double initial, int step) => initial;

    /// <summary>The value for the next update, before and after the schedule's beginning.</summary>
    /// <param name="initial">The value of the hyperparameter's property.</param>
    /// <param name="step">How many updates were done in all.</param>
    public double At(double initial, int step) => step < From ? initial : Value(initial, step - From);

    /// <summary>Throws when the arguments make no sense. The generator runs it too, and reports what it throws on the argument.</summary>
    /// <exception cref="ArgumentException">An argument is out of its range, or contradicts another.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(From);
        Check();
    }

    /// <summary>A schedule with valid arguments; generated properties are set through it.</summary>
    /// <exception cref="ArgumentException">The schedule is null or its arguments make no sense.</exception>
    public static T Valid<T>(T schedule)
        where T : Schedule
    {
        ArgumentNullException.ThrowIfNull(schedule);
        schedule.Validate();
        return schedule;
    }

    /// <summary>Forgets what the schedule was told. A closed form of the step was told nothing.</summary>
    public virtual void Reset()
    {
    }

    /// <summary>What the schedule remembers besides the step, to be saved with the optimizer's state; empty for a closed form of the step.</summary>
    public virtual double[] GetState() => [];

    /// <summary>Makes the schedule remember what <see cref="GetState"/> gave.</summary>
    /// <exception cref="ArgumentException">It is not the state of such a schedule. Nothing is changed.</exception>
    public virtual void SetState(ReadOnlySpan<double> state)
    {
        if (!state.IsEmpty)
            throw new ArgumentException($"{GetType().Name} remembers nothing, but {state.Length} numbers are given.", nameof(state));
    }

    /// <summary>Throws when an argument is out of its range, or contradicts another: what a schedule of its own has to say about its arguments.</summary>
    protected virtual void Check()
    {
    }
}
