namespace OptGen;

/// <summary>
/// A computation with parameters. Derive from it to define a layer, then use it as an attribute on a partial method of a model (<c>[Dense(128)]</c>), or
/// create it inside another layer (<c>new Dense(128)</c>). Its method <c>Forward</c> takes and gives tensors, or labels; there may be several that differ in what they take.
/// The generator reads it; it never runs.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public abstract class Layer : Attribute
{
    /// <summary>What the weights of the layer pass through before it uses them, such as <c>new WeightNorm()</c>; on a layer method, write it as an attribute.</summary>
    public WeightTransform? WeightTransform { get; init; }

    /// <summary>What the layer computes.</summary>
    public virtual Tensor Forward(Tensor x) => throw Symbolic.Run();

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

    /// <summary>A tensor that the model keeps from step to step without training it, such as a running mean.</summary>
    /// <param name="shape">Sizes of its axes.</param>
    /// <param name="initial">What all its elements are at first.</param>
    /// <param name="name">Its name; by default that of the local variable that it is assigned to.</param>
    [Primitive]
    protected static Tensor Buffer(int[] shape, float initial, string? name = null) => throw Symbolic.Run();

    /// <summary>Gives a buffer a new value after this step's pass; what reads it in the step sees the old one. It does nothing outside training.</summary>
    [Primitive]
    protected static void Update(Tensor buffer, Tensor value) => throw Symbolic.Run();
}

/// <summary>
/// Something that the weights of a layer pass through before the layer uses them: a second attribute on a layer method, or <see cref="Layer.WeightTransform"/> of a
/// layer inside another one. It applies to every parameter of the kind <see cref="ParameterKind.Weight"/>, whose last axis counts the layer's outputs.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public abstract class WeightTransform : Attribute
{
    /// <summary>The weight as the layer sees it.</summary>
    public abstract Tensor Apply(Tensor weight);

    /// <inheritdoc cref="Layer.Parameter(int[], ParameterKind, Init, float, string, string, int[], int, int)"/>
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

    /// <inheritdoc cref="Layer.Buffer"/>
    [Primitive]
    protected static Tensor Buffer(int[] shape, float initial, string? name = null) => throw Symbolic.Run();

    /// <inheritdoc cref="Layer.Update"/>
    [Primitive]
    protected static void Update(Tensor buffer, Tensor value) => throw Symbolic.Run();
}
