namespace OptGen;

/// <summary>
/// Overrides what an optimizer does to some of the parameters of its model: those whose names match a pattern, or those of a kind. Of several groups that cover one
/// parameter and speak of the same thing, the last counts.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class GroupAttribute : Attribute
{
    /// <summary>The parameters whose names match a pattern.</summary>
    /// <param name="pattern">A parameter's name, such as <c>Hidden.Kernel</c>; <c>*</c> stands for any characters.</param>
    public GroupAttribute(string pattern) => Pattern = pattern;

    /// <summary>The parameters of a kind.</summary>
    public GroupAttribute(ParameterKind kind) => Kind = kind;

    /// <summary>The names that the group covers; null for a group by kind.</summary>
    public string? Pattern { get; }

    /// <summary>The kind that the group covers, where there is no pattern.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Begins the names of the properties that the group adds to the optimizer; by default what the pattern says.</summary>
    public string? Name { get; set; }

    /// <summary>Whether weight decay applies; where it is not given, the kind of each parameter decides.</summary>
    public bool Decay { get; set; }

    /// <summary>The parameters never change.</summary>
    public bool Frozen { get; set; }

    /// <summary>Factor on the learning rate, which the optimizer has as a property; 1 where it is not given.</summary>
    public double LearningRateScale { get; set; }

    /// <summary>Name of a hyperparameter that has a value of its own in the group, <see cref="Value"/>, which the optimizer has as a property.</summary>
    public string? Hyper { get; set; }

    /// <summary>The group's own value of <see cref="Hyper"/>.</summary>
    public double Value { get; set; }
}

/// <summary>
/// Layer-wise decay of the learning rate: each layer's is that of the next one towards the output times a factor. Layers count in the order in which the model
/// uses them; parameters belong to one layer when the first parts of their names agree.
/// </summary>
/// <param name="factor">The factor, which the optimizer has as the property <c>LayerDecay</c>.</param>
/// <remarks>Howard and Ruder, "Universal language model fine-tuning for text classification", 2018; Clark et al., "ELECTRA", 2020.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LayerwiseDecayAttribute(double factor) : Attribute
{
    /// <summary>The factor.</summary>
    public double Factor { get; } = factor;
}
