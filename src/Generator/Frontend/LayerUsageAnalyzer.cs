using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Reports attributes of layers where nothing reads them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerUsageAnalyzer : UsageAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.RecomputeOfNoLayer,
        DiagnosticDescriptors.ElementwiseForm,
        DiagnosticDescriptors.LayerOutsideModel,
    ];

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
        if (context.Symbol is IMethodSymbol { PartialDefinitionPart: null } declared)
            Analyze(context, declared, isLayer);
    }

    private static void Analyze(SymbolAnalysisContext context, IMethodSymbol method, bool isLayer)
    {
        if (method.Attribute("ElementwiseAttribute") is { } elementwise)
        {
            string? must = !method.IsStatic ? "be static"
                : method.IsGenericMethod ? "not be generic"
                : !IsNumber(method.ReturnType) || method.Parameters.IsEmpty || method.Parameters.Any(parameter => !IsNumber(parameter.Type)) ? "take and return numbers of type float"
                : method.Parameters.Any(parameter => parameter.RefKind != RefKind.None) ? "take its parameters by value"
                : null;
            if (must is not null)
                Report(context, DiagnosticDescriptors.ElementwiseForm, elementwise, method.Name, must);
        }

        foreach (AttributeData attribute in method.GetAttributes())
        {
            if (Evaluator.IsLayer(attribute.AttributeClass) && !method.ContainingType.Has("ModelAttribute"))
                Report(context, DiagnosticDescriptors.LayerOutsideModel, attribute, attribute.ShortName(), method.Name, $"class '{method.ContainingType.Name}' is not marked [Model]");
            else if (Evaluator.IsWeightTransform(attribute.AttributeClass) && !isLayer)
                Report(context, DiagnosticDescriptors.LayerOutsideModel, attribute, attribute.ShortName(), method.Name, "the method is no layer; write it beside a layer's attribute");
        }
    }

    private static bool IsNumber(ITypeSymbol type) => type.SpecialType is SpecialType.System_Single or SpecialType.System_Double;
}
