using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Reports attributes of layers where nothing reads them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerUsageAnalyzer : UsageAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.RecomputeOfNoLayer];

    protected override SymbolKind[] Kinds => [SymbolKind.NamedType, SymbolKind.Method];

    protected override void Analyze(SymbolAnalysisContext context)
    {
        bool isLayer = context.Symbol switch
        {
            INamedTypeSymbol type => Evaluator.IsLayer(type),
            IMethodSymbol method => method.ContainingType.Has("ModelAttribute") && method.GetAttributes().Any(attribute => Evaluator.IsLayer(attribute.AttributeClass)),
            _ => true,
        };
        if (!isLayer && context.Symbol.Attribute("RecomputeAttribute") is { } attribute)
            Report(context, DiagnosticDescriptors.RecomputeOfNoLayer, attribute, context.Symbol.Name);
    }
}
