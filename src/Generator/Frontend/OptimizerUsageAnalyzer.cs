using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Reports attributes of optimizers where nothing reads them. The generator itself sees only classes that are marked.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OptimizerUsageAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_chainBases = [OptimizerSymbols.UpdateRule, OptimizerSymbols.GradientTransform, OptimizerSymbols.Schedule];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.NotOnAnOptimizer, DiagnosticDescriptors.NotInARule];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        bool optimizer = type.Has(OptimizerSymbols.Optimizer);
        bool rule = optimizer || type.DerivesFrom(OptimizerSymbols.UpdateRule);
        bool transform = type.DerivesFrom(OptimizerSymbols.GradientTransform);
        if (!optimizer)
        {
            foreach (AttributeData attribute in type.GetAttributes())
            {
                if (attribute.AttributeClass.IsNamed(OptimizerSymbols.Group) || attribute.AttributeClass.IsNamed(OptimizerSymbols.Schedule) || attribute.AttributeClass.IsNamed(OptimizerSymbols.StateStorage) || Array.Exists(s_chainBases, attribute.AttributeClass.DerivesFrom))
                    Report(context, DiagnosticDescriptors.NotOnAnOptimizer, attribute, attribute.ShortName(), type.Name);
            }
        }

        foreach (ISymbol member in type.GetMembers())
        {
            if (!rule && !transform)
                ReportIfMarked(context, member, OptimizerSymbols.Hyper, "to a property of an optimizer class, an update rule or a gradient transform");
            if (!optimizer)
                ReportIfMarked(context, member, OptimizerSymbols.Schedule, "to a method of an optimizer class");
            if (!rule)
                ReportIfMarked(context, member, OptimizerSymbols.Update, "to a method of an optimizer class or an update rule");
            if (!transform)
            {
                ReportIfMarked(context, member, OptimizerSymbols.Reduce, "to a method of a gradient transform");
                ReportIfMarked(context, member, OptimizerSymbols.Apply, "to a method of a gradient transform");
            }

            if (member is IMethodSymbol method && !method.Has(OptimizerSymbols.Update))
            {
                foreach (IParameterSymbol parameter in method.Parameters)
                    ReportIfMarked(context, parameter, OptimizerSymbols.State, "to a 'ref' parameter of a method marked [Update]");
            }
        }
    }

    private static void ReportIfMarked(SymbolAnalysisContext context, ISymbol symbol, string attributeName, string place)
    {
        if (symbol.Attribute(attributeName) is AttributeData attribute)
            Report(context, DiagnosticDescriptors.NotInARule, attribute, attribute.ShortName(), symbol.Name, place);
    }

    private static void Report(SymbolAnalysisContext context, DiagnosticDescriptor descriptor, AttributeData attribute, params object[] arguments)
    {
        Location location = attribute.ApplicationSyntaxReference is SyntaxReference reference
            ? Location.Create(reference.SyntaxTree, reference.Span)
            : Location.None;
        context.ReportDiagnostic(Diagnostic.Create(descriptor, location, arguments));
    }
}
