namespace OptGen;

/// <summary>
/// An update rule as an attribute. A rule is a sealed class that derives from this one and holds one method marked <see cref="UpdateAttribute"/>, which
/// says what happens to a single parameter; the generator widens it. Properties marked <see cref="HyperAttribute"/> become settable properties of every
/// optimizer that uses the rule; all other properties are options that are fixed where the attribute is written.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class UpdateRule : Attribute
{
    /// <summary>
    /// Whether the rule is compiled with an optional hyperparameter (<see cref="HyperAttribute.Optional"/>). The answer is known when the rule is
    /// compiled, so the code under it, and a state that only this code uses, exists only where the attribute gives the hyperparameter.
    /// </summary>
    /// <param name="hyper">The property of the hyperparameter.</param>
    [Primitive]
    protected static bool Uses(float hyper) => hyper != 0;
}

/// <summary>
/// Marks the method that updates one parameter: <c>void Update(ref float w, float g, [State] ref float m, …, int step)</c>. The first <c>ref float</c> is the
/// parameter, the plain <c>float</c> its gradient, each <c>[State] ref float</c> a number that is kept from step to step and starts at zero, and the optional
/// <c>int</c> the number of this update, from 1. The generator reads the method and widens it over all parameters.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UpdateAttribute : Attribute;

/// <summary>Marks a <c>ref float</c> parameter of an update method as a state: kept per model parameter from step to step, zero at the start.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class StateAttribute : Attribute;

/// <summary>
/// Marks a property as a hyperparameter: a number that can be set between any two steps without recompiling anything. What depends only on hyperparameters
/// and the step number is computed once per step.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HyperAttribute : Attribute
{
    /// <summary>The hyperparameter is a strength that applies only to parameters of a decayed kind (weights, unless a <c>[Group]</c> says otherwise).</summary>
    public bool Decay { get; set; }

    /// <summary>
    /// On a rule's attribute: the hyperparameter exists only where it is given. Where it is not, it is the constant 0, and what depends on it is left out of
    /// the compiled update.
    /// </summary>
    public bool Optional { get; set; }
}
