using OptGen.Generator.Graph;

namespace OptGen.Generator.Specs;

/// <summary>Element type of a model's parameters and arithmetic.</summary>
internal enum Precision
{
    Single,
    Double,
}

/// <summary>What a parameter is for; decides, among other things, whether weight decay applies to it. Mirrors the runtime enum of the same name.</summary>
internal enum ParameterKind
{
    Weight,
    Bias,
    Gain,
    Embedding,
}

/// <summary>Where a user's partial class is declared, and what must be repeated to add a part to it.</summary>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="Containing">Headers of the containing types, outermost first, such as <c>partial class Outer</c>.</param>
/// <param name="Name">The class's own name, escaped where it is a keyword.</param>
/// <param name="Accessibility"><c>public</c>, <c>internal</c>, …</param>
internal sealed record ClassSpec(string Namespace, EquatableArray<string> Containing, string Name, string Accessibility)
{
    /// <summary>Unique, stable prefix of the names of the files that are emitted for the class.</summary>
    public string HintName => string.Join(".", new[] { Namespace }.Concat(Containing.Select(header => header.Split(' ').Last())).Append(Name).Where(part => part.Length > 0));

    public string FullName => "global::" + HintName;

    /// <summary>Keys of the <see cref="EmittedTypes"/> whose names mean something else where the class is declared.</summary>
    public EquatableArray<string> Hidden { get; init; } = [];
}

/// <summary>One parameter tensor of a model.</summary>
/// <param name="Name">Dotted path from the model, such as <c>Hidden.Kernel</c>; unique within the model.</param>
/// <param name="Init">Name of a member of the runtime enum <c>Init</c>, or the full name of a method of the user's.</param>
/// <param name="Gain">Factor on the initializer's scale.</param>
internal sealed record ParameterSpec(string Name, Shape Shape, ParameterKind Kind, string Init, double Gain)
{
    /// <summary>Number of inputs that one output sums over; 0 for what the shape says.</summary>
    public int FanIn { get; init; }

    /// <summary>Number of outputs that one input reaches; 0 for what the shape says.</summary>
    public int FanOut { get; init; }

    /// <summary>Name of its tensor in files, such as <c>hidden.weight</c>.</summary>
    public string SavedName { get; init; } = Name;

    /// <summary>Its axes in the order in which its tensor in files has them; empty where the order is the same.</summary>
    public EquatableArray<int> SavedAxes { get; init; } = [];

    /// <summary>Whether <see cref="Init"/> is a method of the user's.</summary>
    public bool HasOwnInit => Init.StartsWith("global::", StringComparison.Ordinal);
}

/// <summary>A layer of a model as it is used: one of the model's own, or one inside another.</summary>
/// <param name="Path">Dotted path from the model, such as <c>Block.Inner</c>.</param>
/// <param name="Type">Name of the layer's class.</param>
/// <param name="Output">Shape of what it gives, where that is one tensor.</param>
/// <param name="Node">Number of that tensor in the model's graph, or −1.</param>
internal sealed record LayerUseSpec(string Path, string Type, Shape? Output, int Node);

/// <summary>A tensor that a model keeps from step to step without training it, such as a running mean, or a constant.</summary>
/// <param name="Name">Dotted path from the model; unique among parameters and buffers.</param>
/// <param name="Initial">One number for all elements, or one for each.</param>
internal sealed record ModelBufferSpec(string Name, Shape Shape, EquatableArray<double> Initial)
{
    /// <summary>Name of its tensor in files.</summary>
    public string SavedName { get; init; } = Name;
}

/// <summary>What a caller passes to a model's methods.</summary>
/// <param name="Name">The name of the user's parameter.</param>
/// <param name="Shape">Shape of a full batch.</param>
/// <param name="Classes">For integer class labels, how many classes there are; 0 for real-valued tensors.</param>
/// <param name="IsTarget">True for what only the loss reads.</param>
internal sealed record InputSpec(string Name, Shape Shape, int Classes, bool IsTarget);

/// <summary>A named result of the forward pass.</summary>
internal sealed record OutputSpec(string Name, Shape Shape);

/// <summary>A partial method of the user's class that declares a layer; the generator supplies its body, which never runs.</summary>
/// <param name="Signature">The whole signature as it must be repeated, such as <c>private static partial global::OptGen.Tensor Hidden(global::OptGen.Tensor x)</c>.</param>
internal sealed record LayerMethodSpec(string Name, string Signature);

/// <summary>
/// The layer methods of a class, read even when the rest of it can't be: their bodies are supplied all the same, so that the compiler does not report every one of them
/// beside the mistake itself.
/// </summary>
internal sealed record LayerMethods(ClassSpec Class, EquatableArray<LayerMethodSpec> Methods);

/// <summary>All that is read of a class marked <c>[Model]</c>.</summary>
/// <param name="Graph">
/// Forward pass and loss. Its sources are <see cref="BufferKind.Input"/>, <see cref="BufferKind.Parameter"/> and <see cref="BufferKind.Uniform"/>;
/// its outputs are <see cref="BufferKind.Prediction"/> and, when there is a loss, <see cref="BufferKind.Loss"/>.
/// </param>
internal sealed record ModelSpec(
    ClassSpec Class,
    int Batch,
    Precision Precision,
    EquatableArray<LayerMethodSpec> Layers,
    EquatableArray<ParameterSpec> Parameters,
    EquatableArray<InputSpec> Inputs,
    EquatableArray<OutputSpec> Outputs,
    TensorGraph Graph)
{
    /// <summary>Its layers in the order of their first use, each before those inside it.</summary>
    public EquatableArray<LayerUseSpec> LayerUses { get; init; } = [];

    /// <summary>Whether the model measures what its layers give.</summary>
    public bool HasStatistics { get; init; }

    /// <summary>What the model keeps without training it.</summary>
    public EquatableArray<ModelBufferSpec> Buffers { get; init; } = [];

    /// <summary>The forward pass and loss as they are computed for predictions; null where that is <see cref="Graph"/>.</summary>
    public TensorGraph? Inference { get; init; }

    /// <summary>The nodes of <see cref="Graph"/> of each layer whose values are computed again for the backward pass instead of being kept.</summary>
    public EquatableArray<NodeRange> Recomputed { get; init; } = [];

    /// <summary>Whether training draws random numbers.</summary>
    public bool IsRandom => Graph.Nodes.Any(node => node.Op is RandomOp);

    public bool HasLoss => Graph.Outputs.Any(output => output.Target.Kind == BufferKind.Loss);

    public int ParameterCount => Parameters.Sum(parameter => parameter.Shape.Count);

    /// <summary>Elements of all buffers.</summary>
    public int BufferCount => Buffers.Sum(buffer => buffer.Shape.Count);

    public string Element => Precision == Precision.Double ? "double" : "float";
}
