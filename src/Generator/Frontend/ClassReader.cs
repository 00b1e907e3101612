using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads where a class is declared, and what must be repeated to add a part to it.</summary>
internal static class ClassReader
{
    /// <param name="type">The user's part of the class.</param>
    /// <param name="members">Names of properties that emitted code adds to it by what the user has written.</param>
    public static ClassSpec Read(INamedTypeSymbol type, IEnumerable<string>? members = null)
    {
        HashSet<string> added = [.. members ?? []];
        List<string> containing = [];
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            containing.Insert(0, $"partial {Keyword(outer)} {Escaped(outer.Name)}");
        string space = type.ContainingNamespace.IsGlobalNamespace
            ? ""
            : type.ContainingNamespace.ToDisplayString(
                SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted));
        (INamespaceSymbol, string)[] around = [.. NamespacesAround(type)];
        return new ClassSpec(space, containing.ToEquatableArray(), Escaped(type.Name), SyntaxFacts.GetText(type.DeclaredAccessibility))
        {
            Hidden = EmittedTypes.All.Where(emitted => (emitted.Arity == 0 && added.Contains(emitted.Name)) || IsHidden(type, around, emitted)).Select(emitted => emitted.Key).Distinct().ToEquatableArray(),
        };
    }

    /// <summary>Whether a name means a member or type of the user's before it means what emitted code wants of it.</summary>
    /// <param name="type">The class.</param>
    /// <param name="around">The namespaces around it from the nearest on, with their names.</param>
    /// <param name="emitted">What the name is to mean.</param>
    private static bool IsHidden(INamedTypeSymbol type, (INamespaceSymbol Space, string Name)[] around, EmittedType emitted)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.Name == emitted.Name)
                return true;
            for (INamedTypeSymbol? owner = outer; owner is not null && owner.SpecialType != SpecialType.System_Object; owner = owner.BaseType)
            {
                if (owner.GetMembers(emitted.Name).Any(member => member is INamedTypeSymbol nested ? nested.Arity == emitted.Arity : emitted.Arity == 0))
                    return true;
            }
        }

        string[] names = emitted.Name.EndsWith("Attribute", StringComparison.Ordinal) ? [emitted.Name] : [emitted.Name, emitted.Name + "Attribute"];
        foreach ((INamespaceSymbol space, string own) in around)
        {
            // Further out lies only what this hides.
            if (own == emitted.Namespace)
                return false;
            if (names.Any(name => space.GetMembers(name).Any(member => member is INamespaceSymbol ? emitted.Arity == 0 : IsVisible((INamedTypeSymbol)member, type, emitted.Arity))))
                return true;
        }

        return false;
    }

    private static IEnumerable<(INamespaceSymbol Space, string Name)> NamespacesAround(INamedTypeSymbol type)
    {
        for (INamespaceSymbol? space = type.ContainingNamespace; space is not null; space = space.ContainingNamespace)
            yield return (space, space.IsGlobalNamespace ? "" : space.ToDisplayString());
    }

    private static bool IsVisible(INamedTypeSymbol found, INamedTypeSymbol from, int arity) =>
        found.Arity == arity
        && (found.DeclaredAccessibility == Accessibility.Public || SymbolEqualityComparer.Default.Equals(found.ContainingAssembly, from.ContainingAssembly));

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };

    private static string Escaped(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
