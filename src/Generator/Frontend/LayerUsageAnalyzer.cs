using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Reports attributes of layers where nothing reads them. The generator itself sees only models and what they use.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerUsageAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.RecomputeOfNoLayer];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType, SymbolKind.Method);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        bool isLayer = context.Symbol switch
        {
            INamedTypeSymbol type => Evaluator.IsLayer(type),
            IMethodSymbol method => method.ContainingType.Has("ModelAttribute") && method.GetAttributes().Any(attribute => Evaluator.IsLayer(attribute.AttributeClass)),
            _ => true,
        };
        if (!isLayer && context.Symbol.Attribute("RecomputeAttribute") is { ApplicationSyntaxReference: SyntaxReference reference })
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.RecomputeOfNoLayer, Location.Create(reference.SyntaxTree, reference.Span), context.Symbol.Name));
    }
}
