using OptGen.Generator.Scalar;

namespace OptGen.Generator.Specs;

/// <summary>A hyperparameter: a number that can be set at run time.</summary>
/// <param name="Name">Property name, such as <c>LearningRate</c>.</param>
/// <param name="Type">C# keyword of its type: <c>float</c>, <c>double</c>, <c>int</c> or <c>bool</c>.</param>
/// <param name="Default">Initial value (0 and 1 for a flag).</param>
/// <param name="IsUsers">True when the user's own class declares the property; false when the generator must.</param>
/// <param name="Decays">True for a strength that applies only to parameters of a decayed kind, such as weight decay.</param>
/// <param name="Summary">One line for the property's documentation.</param>
internal sealed record HyperSpec(string Name, string Type, double Default, bool IsUsers, bool Decays, string Summary);

/// <summary>How memory holds the numbers of a state.</summary>
internal enum StateFormat
{
    /// <summary>As the optimizer's element type.</summary>
    Element,

    /// <summary>16 bits, rounded to the nearest.</summary>
    BFloat16,

    /// <summary>16 bits, rounded up or down at random so that the expected value is exact.</summary>
    StochasticBFloat16,

    /// <summary>8 bits and a scale for each block of 256, with codes for negative numbers.</summary>
    Signed8,

    /// <summary>8 bits and a scale for each block of 256, without negative numbers.</summary>
    Unsigned8,
}

/// <summary>A buffer that an update rule keeps per parameter element, zero at the start.</summary>
internal sealed record StateSpec(string Name, string Summary, StateFormat Format = StateFormat.Element);

/// <summary>What an input of a <see cref="UpdateSpec"/>'s function stands for.</summary>
internal enum UpdateInputKind
{
    /// <summary>The parameter's element.</summary>
    Parameter,

    /// <summary>The gradient's element.</summary>
    Gradient,

    /// <summary>State <see cref="UpdateInput.Index"/>.</summary>
    State,

    /// <summary>Hyperparameter <see cref="UpdateInput.Index"/> of the optimizer.</summary>
    Hyper,

    /// <summary>The number of this update, from 1.</summary>
    Step,

    /// <summary>The result of the transform's reduction.</summary>
    Reduced,
}

internal readonly record struct UpdateInput(UpdateInputKind Kind, int Index);

/// <summary>A scalar function together with what its inputs stand for.</summary>
internal sealed record BoundFunction(ScalarFunction Function, EquatableArray<UpdateInput> Inputs);

/// <summary>An update rule: outputs are the new parameter, then every new state in order.</summary>
internal sealed record UpdateSpec(string Name, BoundFunction Update);

/// <summary>
/// A transform of the gradient before the update rule. With <paramref name="Reduction"/>, that function of each element is summed over
/// all elements of all parameters first, and <paramref name="Apply"/> sees the sum as <see cref="UpdateInputKind.Reduced"/>.
/// </summary>
internal sealed record GradientTransformSpec(string Name, BoundFunction? Reduction, BoundFunction Apply);

/// <summary>A schedule drives one hyperparameter; it runs on the host, once per step.</summary>
/// <param name="Name">Name of the generated property, or of the user's method.</param>
/// <param name="Type">Fully qualified type; empty for a method.</param>
/// <param name="Creation">The C# expression that creates it, such as <c>new global::OptGen.WarmupCosine { Warmup = 100 }</c>; empty for a method.</param>
/// <param name="Hyper">Index of the driven hyperparameter.</param>
/// <param name="From">The step at which it begins; pieces of one hyperparameter relieve each other there.</param>
/// <param name="KeepsState">True for one that remembers what it was told, besides the step.</param>
internal sealed record ScheduleSpec(string Name, string Type, string Creation, int Hyper, int From, bool KeepsState)
{
    /// <summary>Whether it is a method of the user's optimizer class.</summary>
    public bool IsMethod => Creation.Length == 0;

    /// <summary>Name of the field that holds it.</summary>
    public string Field => "_" + char.ToLowerInvariant(Name[0]) + Name.Substring(1);

    public static ScheduleSpec OfMethod(string name, int hyper, int from) => new(name, "", "", hyper, from, KeepsState: false);
}

/// <summary>Overrides for the parameters whose names match a pattern with <c>*</c>.</summary>
internal sealed record GroupSpec(string Pattern, bool? Decay)
{
    /// <summary>True when a parameter's name fits the pattern.</summary>
    public bool Matches(string name)
    {
        string[] parts = Pattern.Split('*');
        if (parts.Length == 1)
            return Pattern == name;
        if (!name.StartsWith(parts[0], StringComparison.Ordinal))
            return false;
        int position = parts[0].Length;
        for (int i = 1; i < parts.Length - 1; i++)
        {
            int found = name.IndexOf(parts[i], position, StringComparison.Ordinal);
            if (found < 0)
                return false;
            position = found + parts[i].Length;
        }

        string last = parts[parts.Length - 1];
        return name.Length - position >= last.Length && name.EndsWith(last, StringComparison.Ordinal);
    }
}

/// <summary>All that is read of a class marked <c>[Optimizer]</c>; <paramref name="Model"/> is null when it is bound to no model.</summary>
internal sealed record OptimizerSpec(
    ClassSpec Class,
    ModelSpec? Model,
    Precision Precision,
    UpdateSpec Rule,
    EquatableArray<GradientTransformSpec> Transforms,
    EquatableArray<ScheduleSpec> Schedules,
    EquatableArray<GroupSpec> Groups,
    EquatableArray<HyperSpec> Hypers,
    EquatableArray<StateSpec> States)
{
    public string Element => Precision == Precision.Double ? "double" : "float";
}
