namespace OptGen;

/// <summary>
/// The source of definitions that an assembly offers to others: layers, rules, schedules, functions on tensors and elements, with what they use. The generator writes it
/// into every assembly that declares public definitions, and reads it where another project uses them.
/// </summary>
/// <param name="name">Name of the file that the definitions come from.</param>
/// <param name="source">The definitions in C#, with the <c>using</c> directives that they need.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class DefinitionSourceAttribute(string name, string source) : Attribute
{
    /// <summary>Name of the file that the definitions come from.</summary>
    public string Name { get; } = name;

    /// <summary>The definitions in C#.</summary>
    public string Source { get; } = source;
}
