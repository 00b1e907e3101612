using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>
/// Suppresses what the compiler and the usual analyzers say about declarations that only the generator reads: private methods that nobody calls, parameters
/// that look unused, methods that could be static, attributes whose names lack a suffix.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationSuppressor : DiagnosticSuppressor
{
    private const string ReadByTheGenerator = "The member is a declaration that the OptGen generator reads.";
    private const string WordOfTheLanguage = "The class is a word of the language that the OptGen generator compiles.";

    // What is said about a member of a model, an optimizer or a definition.
    private static readonly ImmutableArray<SuppressionDescriptor> s_members =
    [
        new SuppressionDescriptor("OPTGS001", "IDE0051", ReadByTheGenerator), // Private member is unused.
        new SuppressionDescriptor("OPTGS002", "IDE0060", ReadByTheGenerator), // Parameter is unused.
        new SuppressionDescriptor("OPTGS003", "CA1801", ReadByTheGenerator), // Parameter is unused.
        new SuppressionDescriptor("OPTGS004", "CA1811", ReadByTheGenerator), // Private code is never called.
        new SuppressionDescriptor("OPTGS005", "CA1822", ReadByTheGenerator), // Method could be static.
        new SuppressionDescriptor("OPTGS006", "CA1045", ReadByTheGenerator), // Parameter is passed by reference.
        new SuppressionDescriptor("OPTGS007", "IDE0052", ReadByTheGenerator), // Private member is written but never read.
    ];

    // What is said about the class of a definition: a layer, a rule, a transform, a schedule.
    private static readonly ImmutableArray<SuppressionDescriptor> s_definitions =
    [
        new SuppressionDescriptor("OPTGS011", "CA1710", WordOfTheLanguage), // Name of an attribute lacks its suffix.
        new SuppressionDescriptor("OPTGS012", "CA1018", WordOfTheLanguage), // Attribute lacks its usage, which it inherits.
        new SuppressionDescriptor("OPTGS013", "CA1019", WordOfTheLanguage), // Argument of an attribute lacks a property.
    ];

    private static readonly string[] s_definitionBases =
        ["Layer", "WeightTransform", OptimizerSymbols.UpdateRule, OptimizerSymbols.GradientTransform, OptimizerSymbols.Schedule];

    private static readonly string[] s_methodAttributes =
        ["ForwardAttribute", OptimizerSymbols.Loss, "ElementwiseAttribute", OptimizerSymbols.Update, OptimizerSymbols.Reduce, OptimizerSymbols.Apply, OptimizerSymbols.Schedule];

    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [.. s_members, .. s_definitions];

    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (Diagnostic diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not SyntaxTree tree)
                continue;
            SyntaxNode node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            ISymbol? symbol = DeclaredSymbol(context.GetSemanticModel(tree), node, context.CancellationToken);
            if (symbol is null)
                continue;
            // An argument of a definition's primary constructor belongs to the class.
            if (symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } constructor })
                symbol = constructor.ContainingType;
            foreach (SuppressionDescriptor suppression in symbol is INamedTypeSymbol ? s_definitions : s_members)
            {
                if (suppression.SuppressedDiagnosticId == diagnostic.Id && IsRead(symbol))
                    context.ReportSuppression(Suppression.Create(suppression, diagnostic));
            }
        }
    }

    private static ISymbol? DeclaredSymbol(SemanticModel model, SyntaxNode? node, CancellationToken cancellation)
    {
        for (; node is not null; node = node.Parent)
        {
            if (model.GetDeclaredSymbol(node, cancellation) is ISymbol symbol)
                return symbol;
        }

        return null;
    }

    /// <summary>Whether the generator reads the declaration, be it a class, a member or a parameter.</summary>
    private static bool IsRead(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => Array.Exists(s_definitionBases, type.DerivesFrom),
        IParameterSymbol parameter => IsRead(parameter.ContainingSymbol),
        IMethodSymbol method => IsReadMethod(method),
        IPropertySymbol property => property.Has(OptimizerSymbols.Hyper) || property.Has("ParameterAttribute"),
        _ => false,
    };

    private static bool IsReadMethod(IMethodSymbol method) =>
        Array.Exists(s_methodAttributes, method.Has)
        || method.AttributesDerivedFrom("Layer").Any()
        || (method.Name == "Forward" && method.ContainingType.DerivesFrom("Layer"))
        || (method.IsOverride && IsRead(method.ContainingType));
}
