namespace OptGen;

/// <summary>
/// A transform of the gradient that runs before the update rule, as an attribute of an optimizer class; several run in the order in which they are written.
/// It holds one method marked <see cref="ApplyAttribute"/>: <c>float X(float g, float w, [State] ref float s, …, int step)</c> gives an element of the new
/// gradient from the old one; all but <c>g</c> may be left out, <c>w</c> is the parameter. What it needs of more than one element, such as a norm, are calls of methods
/// marked <see cref="ReduceAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class GradientTransform : Attribute
{
    /// <summary>
    /// Ends the step here while the condition is true: what follows in the chain does not run, no parameter changes, and the step does not count. The states of
    /// this transform and of those before it are kept all the same.
    /// </summary>
    /// <param name="condition">May depend on hyperparameters, on states of <see cref="Over.Everything"/> and on reductions over everything.</param>
    [Primitive]
    protected static void Hold(bool condition)
    {
    }

    /// <summary>
    /// Leaves an element out of what follows in the chain while the condition is true: the update rule and the transforms up to <see cref="ChainPosition.Update"/> change neither its parameter nor
    /// those of their states that are kept for no more than what the condition tells apart. The step counts. Averages and constraints see every element, and what is reduced sees an element that is left out
    /// like any other. Where the condition is one answer for a row, and nothing else changes the row, the update does not touch its memory.
    /// </summary>
    /// <param name="condition">What the chain knows of the element, its row, its column or its tensor.</param>
    [Primitive]
    protected static void Skip(bool condition)
    {
    }

    /// <inheritdoc cref="UpdateRule.Uses"/>
    [Primitive]
    protected static bool Uses(float hyper) => hyper != 0;

    /// <summary>
    /// A random number, uniform in [0, 1), of its own for each element and step. It is a function of the optimizer's <c>Seed</c>, the step and the element, so a
    /// resumed run draws the same ones.
    /// </summary>
    /// <param name="stream">Tells several numbers of one element apart.</param>
    [Primitive]
    protected static float Uniform(int stream) => 0.5f;

    /// <summary>A random number of mean 0 and variance 1, normally distributed, of two that are uniform (Box and Muller, 1958); it takes their streams 2k and 2k + 1.</summary>
    /// <param name="stream">k, which tells several numbers of one element apart.</param>
    protected static float Normal(int stream) => MathF.Sqrt(-2 * MathF.Log(1 - Uniform(2 * stream))) * MathF.Cos(2 * MathF.PI * Uniform((2 * stream) + 1));
}

/// <summary>
/// A transform of the parameters that runs after the update rule, as an attribute of an optimizer class; several run in the order in which they are written. It holds
/// one method marked <see cref="ApplyAttribute"/>: <c>void X(ref float w, float previous, float g, [State] ref float s, …, int step)</c>, where <c>w</c> is the
/// updated parameter, <c>previous</c> its value before the update, and <c>g</c> the gradient that the rule saw; all but <c>w</c> may be left out.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class ParameterTransform : Attribute
{
    /// <inheritdoc cref="UpdateRule.Uses"/>
    [Primitive]
    protected static bool Uses(float hyper) => hyper != 0;
}

/// <summary>
/// Moves the parameters to where the gradient for the update is taken; they return before the update. A training step then takes two gradients: one that the
/// perturbation sees, and one where it has moved the parameters. It holds one method marked <see cref="ApplyAttribute"/>:
/// <c>void X(ref float w, float g, [State] ref float s, …, int step)</c>; all but <c>w</c> may be left out.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class Perturbation : Attribute
{
    /// <inheritdoc cref="UpdateRule.Uses"/>
    [Primitive]
    protected static bool Uses(float hyper) => hyper != 0;
}

/// <summary>Marks the one method of a transform that says what it does to an element.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApplyAttribute : Attribute;

/// <summary>Says where in a chain a transform belongs; one that is written out of this order is a mistake that the generator reports.</summary>
/// <param name="position">Where it belongs.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ChainAttribute(ChainPosition position) : Attribute
{
    /// <summary>Where it belongs.</summary>
    public ChainPosition Position { get; } = position;

    /// <summary>
    /// The transform undoes a factor that the caller has put on the loss. An optimizer with a model takes its gradients from the model, whose loss has no such factor.
    /// </summary>
    public bool NeedsScaledLoss { get; set; }

    /// <summary>
    /// The transform is a constraint that parameters meet at any time: it also runs where a perturbation has moved them, before the gradient is taken there. It keeps no state.
    /// </summary>
    public bool HoldsWhereMoved { get; set; }

    /// <summary>The transform ends steps whose gradients are not finite. One of a chain is enough: a second one would never see such gradients.</summary>
    public bool SkipsNonFinite { get; set; }
}

/// <summary>The order of a chain.</summary>
public enum ChainPosition
{
    /// <summary>Gradients get their true scale, and those that are not finite are kept out.</summary>
    Unscale,

    /// <summary>What is done to the gradient of each micro-batch by itself, such as a single example.</summary>
    Example,

    /// <summary>Gradients of several micro-batches become one.</summary>
    Accumulate,

    /// <summary>Gradients are bounded, once per update.</summary>
    Clip,

    /// <summary>Elements without a gradient are left out of what follows.</summary>
    Skip,

    /// <summary>Gradients are changed in other ways: centered, made noisy, given a penalty's gradient.</summary>
    Modify,

    /// <summary>The update rule's step is changed.</summary>
    Update,

    /// <summary>Parameters are averaged.</summary>
    Average,

    /// <summary>Parameters are held to a constraint, after all else.</summary>
    Constrain,
}
