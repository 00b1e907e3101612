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
    /// <param name="shape">Sizes of its axes.</param>
    /// <param name="kind">What it is for; weight decay applies to weights only.</param>
    /// <param name="init">How it is initialized.</param>
    /// <param name="gain">Factor on the initializer's scale.</param>
    /// <param name="name">Its name; by default the name of the local variable that it is assigned to, else that of its kind.</param>
    [Primitive]
    protected static Tensor Parameter(int[] shape, ParameterKind kind, Init init = Init.Zero, float gain = 1, string? name = null) => throw Symbolic.Run();
}
