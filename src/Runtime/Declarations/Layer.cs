namespace OptGen;

/// <summary>
/// A computation with parameters. Derive from it to define a layer, then use it as an attribute on a partial method of a model (<c>[Dense(128)]</c>), or
/// create it inside another layer (<c>new Dense(128)</c>). The generator reads <see cref="Forward"/>; it never runs.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public abstract class Layer : Attribute
{
    /// <summary>What the layer computes.</summary>
    public abstract Tensor Forward(Tensor x);

    /// <summary>A parameter of the layer. Its path in the model is the layer's path, then its own name.</summary>
    /// <param name="shape">Sizes of its axes. By convention those of a kernel are [.., inputs, outputs], with the axes of a window first.</param>
    /// <param name="kind">What it is for; weight decay applies to weights only.</param>
    /// <param name="init">How it is initialized.</param>
    /// <param name="gain">Factor on the initializer's scale.</param>
    /// <param name="name">Its name; by default the name of the local variable that it is assigned to, else that of its kind.</param>
    /// <param name="savedName">Name of its tensor in files, below the layer's; by default its name in lower case. PyTorch calls a kernel <c>weight</c>.</param>
    /// <param name="savedAxes">Its axes in the order in which the tensor in files has them: [1, 0] where PyTorch keeps [outputs, inputs].</param>
    /// <param name="fanIn">Number of inputs that one output sums over; by default the product of all sizes but the last.</param>
    /// <param name="fanOut">Number of outputs that one input reaches; by default the last size times those of the window.</param>
    [Primitive]
    protected static Tensor Parameter(
        int[] shape,
        ParameterKind kind,
        Init init = Init.Zero,
        float gain = 1,
        string? name = null,
        string? savedName = null,
        int[]? savedAxes = null,
        int fanIn = 0,
        int fanOut = 0) => throw Symbolic.Run();

    /// <summary>A parameter of the layer with an initializer of your own: a static method about one element.</summary>
    /// <inheritdoc cref="Parameter(int[], ParameterKind, Init, float, string, string, int[], int, int)"/>
    [Primitive]
    protected static Tensor Parameter(
        int[] shape,
        ParameterKind kind,
        ElementInitializer init,
        float gain = 1,
        string? name = null,
        string? savedName = null,
        int[]? savedAxes = null,
        int fanIn = 0,
        int fanOut = 0) => throw Symbolic.Run();
}
