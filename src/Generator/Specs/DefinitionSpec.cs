namespace OptGen.Generator.Specs;

/// <summary>A public definition, whose source travels with its assembly.</summary>
/// <param name="Parts">Its own source, and that of everything of the assembly that it uses.</param>
internal sealed record DefinitionSpec(EquatableArray<DefinitionPart> Parts);

/// <summary>A type, or a member of a static class, as it stands in the source.</summary>
/// <param name="File">Path of its file.</param>
/// <param name="Position">Where in the file it begins, by which parts are ordered.</param>
/// <param name="Usings">The <c>using</c> directives that hold in the file, those of the whole project among them.</param>
/// <param name="Containing">What it is declared in, outermost first.</param>
internal sealed record DefinitionPart(string File, int Position, string Usings, EquatableArray<DefinitionContainer> Containing, string Text);

/// <summary>A namespace or static class around a definition.</summary>
/// <param name="Header">Such as <c>namespace Blocks</c>.</param>
/// <param name="Usings">The <c>using</c> directives within a namespace.</param>
internal sealed record DefinitionContainer(string Header, string Usings);
