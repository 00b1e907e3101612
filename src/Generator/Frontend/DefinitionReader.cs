using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>
/// Finds what other projects can use of this one: public classes of layers, rules, transforms and schedules, and public static methods on tensors or marked
/// <c>[Elementwise]</c>. Their source travels with the assembly.
/// </summary>
internal static class DefinitionReader
{
    private static readonly string[] s_bases =
    [
        "Layer", "WeightTransform", OptimizerSymbols.UpdateRule, OptimizerSymbols.GradientTransform, OptimizerSymbols.ParameterTransform, OptimizerSymbols.Perturbation,
        OptimizerSymbols.Schedule,
    ];

    private static readonly ConditionalWeakTable<Compilation, string> s_globalUsings = new();

    /// <summary>Whether a node may declare a definition, as far as its text says.</summary>
    public static bool CanBe(SyntaxNode node) => node switch
    {
        ClassDeclarationSyntax type => type.BaseList is not null,
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.PublicKeyword) && method.Modifiers.Any(SyntaxKind.StaticKeyword)
            && (method.AttributeLists.Count > 0 || NamesTensors(method.ReturnType) || method.ParameterList.Parameters.Any(parameter => NamesTensors(parameter.Type))),
        _ => false,
    };

    /// <summary>The definition that a node declares, or null where it declares none, or one that no other project can use.</summary>
    public static DefinitionSpec? Read(SyntaxNode node, SemanticModel model, CancellationToken cancellation) =>
        model.GetDeclaredSymbol(node, cancellation) is ISymbol symbol && IsDefinition(symbol) && IsPublic(symbol)
            ? new DefinitionSpec(new DefinitionClosure(model.Compilation, GlobalUsings(model.Compilation, cancellation), cancellation).Of(symbol).ToEquatableArray())
            : null;

    private static bool NamesTensors(TypeSyntax? type) =>
        type?.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText is "Tensor" or "Labels") == true;

    private static bool IsDefinition(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => Array.Exists(s_bases, type.DerivesFrom),
        IMethodSymbol { IsStatic: true } method => !method.ContainingType.Has("ModelAttribute")
            && (method.Has("ElementwiseAttribute") || IsTensors(method.ReturnType) || method.Parameters.Any(parameter => IsTensors(parameter.Type))),
        _ => false,
    };

    private static bool IsTensors(ITypeSymbol type) =>
        type.IsNamed("Tensor") || type.IsNamed("Labels") || (type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(element => IsTensors(element.Type)));

    private static bool IsPublic(ISymbol symbol)
    {
        for (ISymbol? outer = symbol; outer is not null and not INamespaceSymbol; outer = outer.ContainingSymbol)
        {
            if (outer.DeclaredAccessibility != Accessibility.Public)
                return false;
        }

        return true;
    }

    /// <summary>The directives that hold in every file of a project, as ordinary ones.</summary>
    private static string GlobalUsings(Compilation compilation, CancellationToken cancellation)
    {
        if (!s_globalUsings.TryGetValue(compilation, out string usings))
        {
            IEnumerable<string> all = compilation.SyntaxTrees
                .SelectMany(tree => ((CompilationUnitSyntax)tree.GetRoot(cancellation)).Usings)
                .Where(directive => directive.GlobalKeyword != default)
                .Select(DefinitionClosure.Text);
            usings = string.Join("\n", all.Distinct().OrderBy(directive => directive, StringComparer.Ordinal));
            usings = s_globalUsings.GetValue(compilation, _ => usings);
        }

        return usings;
    }
}
