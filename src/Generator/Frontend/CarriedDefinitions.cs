using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace OptGen.Generator.Frontend;

/// <summary>
/// The definitions that a referenced assembly carries as source, compiled by themselves over the user's references. They are parsed when the first of them is used, and
/// again only when the assembly or the references change.
/// </summary>
internal sealed class CarriedDefinitions
{
    private static readonly ConditionalWeakTable<MetadataReference, CarriedDefinitions> s_byReference = new();

    private readonly ImmutableArray<MetadataReference> _references;
    private readonly SourceSymbols _symbols;

    private CarriedDefinitions(CSharpCompilation compilation, ImmutableArray<MetadataReference> references)
    {
        Compilation = compilation;
        _references = references;
        _symbols = new SourceSymbols(compilation);
    }

    public CSharpCompilation Compilation { get; }

    /// <summary>The definitions of an assembly that the user's project refers to, directly or not; null where it carries none.</summary>
    public static CarriedDefinitions? Of(IAssemblySymbol assembly, Compilation user)
    {
        foreach (MetadataReference reference in user.References)
        {
            if (user.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol referenced && referenced.Identity.Equals(assembly.Identity))
                return Of(referenced, reference, user);
        }

        return null;
    }

    public ISymbol? Find(ISymbol symbol) => _symbols.Find(symbol);

    private static CarriedDefinitions? Of(IAssemblySymbol assembly, MetadataReference reference, Compilation user)
    {
        ImmutableArray<MetadataReference> references = user.ExternalReferences;
        if (s_byReference.TryGetValue(reference, out CarriedDefinitions known))
        {
            if (known._references == references || known._references.SequenceEqual(references))
                return known;
            s_byReference.Remove(reference);
        }

        CSharpParseOptions options = new(LanguageVersion.Preview);
        SyntaxTree[] trees = [.. assembly.GetAttributes()
            .Where(attribute => attribute.AttributeClass.IsNamed("DefinitionSourceAttribute") && attribute.ConstructorArguments.Length == 2)
            .Select(attribute => (Name: attribute.ConstructorArguments[0].Value as string, Source: attribute.ConstructorArguments[1].Value as string))
            .Select(file => CSharpSyntaxTree.ParseText(file.Source ?? "", options, file.Name ?? ""))];
        if (trees.Length == 0)
            return null;
        CSharpCompilation compilation = CSharpCompilation.Create(
            assembly.Name,
            trees,
            references.Where(other => other != reference),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Disable));
        return s_byReference.GetValue(reference, _ => new CarriedDefinitions(compilation, references));
    }
}
