namespace OptGen;

/// <summary>
/// Marks a partial class as a model: the generator gives it parameters, prediction, loss and gradients from its <c>[Forward]</c> and <c>[Loss]</c> methods.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModelAttribute : Attribute
{
    /// <summary>The most rows that one call trains on. Shapes and buffers are laid out for it; fewer rows may be passed.</summary>
    public int Batch { get; set; } = 32;

    /// <summary>Element type of parameters and arithmetic.</summary>
    public Precision Precision { get; set; }

    /// <summary>
    /// Whether the model gets <c>Statistics(x)</c>, which measures what each layer gives, and <c>InitializeLsuv(x)</c>, which initializes the model by it. False by
    /// default, since it takes another compiled forward pass.
    /// </summary>
    public bool Statistics { get; set; }
}

/// <summary>Marks the static method that computes a model's outputs from its inputs. The generator reads it; it never runs.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ForwardAttribute : Attribute;

/// <summary>
/// Marks the static method that computes a model's scalar loss: its first parameters are the outputs of the forward pass, the others are targets.
/// <para>
/// On a plain <c>float</c> parameter of a method marked <see cref="UpdateAttribute"/> or <see cref="ApplyAttribute"/>: the loss whose gradient the step takes, one number for
/// all parameters. A training step passes it on; <c>Step</c> takes it as a further argument. A gradient transform that changes what the gradient is the gradient of, such as
/// its scale, takes a <c>ref float</c> and changes the loss with it; where nothing after it reads the loss, it is 0 there.
/// </para>
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter, Inherited = false)]
public sealed class LossAttribute : Attribute;

/// <summary>
/// Declares a parameter of the model itself: <c>[Parameter(64)] private static partial Tensor Scale { get; }</c>. Its name is the property's; the generator supplies
/// the rest.
/// </summary>
/// <param name="shape">Sizes of its axes; none for a single number.</param>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
public sealed class ParameterAttribute(params int[] shape) : Attribute
{
    /// <summary>Sizes of its axes.</summary>
    public IReadOnlyList<int> Shape { get; } = shape;

    /// <summary>What it is for; weight decay applies to weights only. A weight by default.</summary>
    public ParameterKind Kind { get; set; }

    /// <summary>How it is initialized, uniform within ±1/√fan-in by default.</summary>
    public Init Init { get; set; } = Init.FanInUniform;

    /// <summary>Factor on the initializer's scale, 1 by default.</summary>
    public float Gain { get; set; } = 1;
}

/// <summary>Sizes of an input or target without the batch axis; no sizes mean one number, or one label, per row.</summary>
/// <param name="sizes">Sizes of the axes; images are height, width, channels.</param>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class ShapeAttribute(params int[] sizes) : Attribute
{
    /// <summary>Sizes of the axes without the batch axis.</summary>
    public IReadOnlyList<int> Sizes { get; } = sizes;
}

/// <summary>
/// Trades time for memory: what lies between the inputs and the results of the layer is not kept for the backward pass but computed a second time, right before it is
/// needed (gradient checkpointing). Write it beside the layer's attribute on a layer method, or on the class of a layer for every use of it; layers inside of it need no
/// mark of their own. Gradients stay the same, dropout included, and running averages are updated once. The head of <c>….Backward.g.cs</c> shows the peak of memory.
/// </summary>
/// <remarks>Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost".</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, Inherited = false)]
public sealed class RecomputeAttribute : Attribute;

/// <summary>
/// Marks a static method over single numbers that stands for itself applied to every element. It can be passed to
/// <see cref="Ops.Map(Tensor, Func{float, float})"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ElementwiseAttribute : Attribute;
