using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Reports attributes of optimizers where nothing reads them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OptimizerUsageAnalyzer : UsageAnalyzer
{
    private const string Stage = "of an optimizer class, an update rule or a transform";

    private static readonly string[] s_transforms = [OptimizerSymbols.GradientTransform, OptimizerSymbols.ParameterTransform, OptimizerSymbols.Perturbation];

    private static readonly string[] s_onOptimizers = [OptimizerSymbols.Group, OptimizerSymbols.LayerwiseDecay, OptimizerSymbols.Schedule, OptimizerSymbols.StateStorage];

    private static readonly string[] s_chainBases = [OptimizerSymbols.UpdateRule, .. s_transforms, OptimizerSymbols.Schedule];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.NotOnAnOptimizer, DiagnosticDescriptors.NotInARule];

    protected override SymbolKind[] Kinds => [SymbolKind.NamedType];

    protected override void Analyze(SymbolAnalysisContext context)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        bool optimizer = type.Has(OptimizerSymbols.Optimizer);
        if (!optimizer)
        {
            foreach (AttributeData attribute in type.GetAttributes())
            {
                if (Array.Exists(s_onOptimizers, attribute.AttributeClass.IsNamed) || Array.Exists(s_chainBases, attribute.AttributeClass.DerivesFrom))
                    Report(context, DiagnosticDescriptors.NotOnAnOptimizer, attribute, attribute.ShortName(), type.Name);
            }
        }

        bool rule = optimizer || type.DerivesFrom(OptimizerSymbols.UpdateRule), transform = Array.Exists(s_transforms, type.DerivesFrom);
        foreach (ISymbol member in type.GetMembers())
        {
            bool isNumber = member is IPropertySymbol property && property.Has(OptimizerSymbols.Hyper) && property.Type.SpecialType != SpecialType.System_Boolean;
            ReportUnless(isNumber, context, member, OptimizerSymbols.Bounds, "to a property marked [Hyper] that is a number");
            ReportUnless(rule || transform, context, member, OptimizerSymbols.Hyper, "to a property " + Stage);
            ReportUnless(rule || transform, context, member, OptimizerSymbols.Reduce, "to a method " + Stage);
            ReportUnless(rule || transform, context, member, OptimizerSymbols.Whole, "to a method " + Stage);
            ReportUnless(optimizer, context, member, OptimizerSymbols.Schedule, "to a method of an optimizer class");
            ReportUnless(rule, context, member, OptimizerSymbols.Update, "to a method of an optimizer class or an update rule");
            ReportUnless(transform, context, member, OptimizerSymbols.Apply, "to a method of a transform");
            if (member is not IMethodSymbol method)
                continue;
            bool isStep = method.Has(OptimizerSymbols.Update) || method.Has(OptimizerSymbols.Apply);
            foreach (IParameterSymbol parameter in method.Parameters)
            {
                ReportUnless(isStep, context, parameter, OptimizerSymbols.State, "to a 'ref' parameter of a method marked [Update] or [Apply]");
                ReportUnless(isStep, context, parameter, OptimizerSymbols.Input, "to a parameter of a method marked [Update] or [Apply]");
                ReportUnless(isStep, context, parameter, OptimizerSymbols.Loss, "to a parameter of a method marked [Update] or [Apply]");
            }
        }
    }

    private static void ReportUnless(bool isRead, SymbolAnalysisContext context, ISymbol symbol, string attributeName, string place)
    {
        if (!isRead && symbol.Attribute(attributeName) is AttributeData attribute)
            Report(context, DiagnosticDescriptors.NotInARule, attribute, attribute.ShortName(), symbol.Name, place);
    }
}
