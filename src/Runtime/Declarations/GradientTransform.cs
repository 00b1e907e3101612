namespace OptGen;

/// <summary>
/// A transform of the gradient that runs before the update rule, as an attribute of an optimizer class; several run in the order in which they are written.
/// It holds a method marked <see cref="ApplyAttribute"/> that gives one element of the new gradient. When that needs a number over all gradients, such as
/// a norm, a method marked <see cref="ReduceAttribute"/> says what is summed over every element of every parameter.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class GradientTransform : Attribute;

/// <summary>Marks the method <c>float X(float g)</c> of a gradient transform whose results are summed over every element of every parameter.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReduceAttribute : Attribute;

/// <summary>Marks the method <c>float X(float g)</c> or <c>float X(float g, float reduced)</c> of a gradient transform that gives the new gradient.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApplyAttribute : Attribute;
