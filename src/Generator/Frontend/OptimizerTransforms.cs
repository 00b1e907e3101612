using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads the transforms of an optimizer into its chain, in the order in which they are written and run.</summary>
internal static class OptimizerTransforms
{
    /// <summary>The first position from which on no element is left out, as a number.</summary>
    private const int Average = 7;

    public static void Read(INamedTypeSymbol type, StageKind kind, Evaluator evaluator, OptimizerHypers hypers, OptimizerStages stages, DiagnosticBag diagnostics)
    {
        bool isBefore = kind != StageKind.ParameterTransform;
        string definitions = kind switch
        {
            StageKind.GradientTransform => OptimizerSymbols.GradientTransform,
            StageKind.Perturbation => OptimizerSymbols.Perturbation,
            _ => OptimizerSymbols.ParameterTransform,
        };
        AttributeData? rule = type.AttributesDerivedFrom(OptimizerSymbols.UpdateRule).FirstOrDefault();
        AttributeData? transform = kind == StageKind.Perturbation ? type.AttributesDerivedFrom(OptimizerSymbols.GradientTransform).FirstOrDefault() : null;
        foreach (AttributeData attribute in type.AttributesDerivedFrom(definitions))
        {
            if (rule is not null && isBefore && IsAfter(attribute.NameLocation(), rule.NameLocation()))
                diagnostics.Report(DiagnosticDescriptors.TransformAfterRule, attribute.NameLocation(), attribute.ShortName(), rule.ShortName());
            else if (transform is not null && IsAfter(attribute.NameLocation(), transform.NameLocation()))
                diagnostics.Report(DiagnosticDescriptors.PerturbationAfterTransform, attribute.NameLocation(), attribute.ShortName(), transform.ShortName());
            if (rule is not null && !isBefore && IsAfter(rule.NameLocation(), attribute.NameLocation()))
                diagnostics.Report(DiagnosticDescriptors.TransformBeforeRule, attribute.NameLocation(), attribute.ShortName(), rule.ShortName());
            diagnostics.Use = attribute.NameLocation();
            if (OptimizerDefinition.Of(evaluator, attribute) is { } definition && Read(attribute, kind, definition, hypers, diagnostics) is { } reading)
                stages.Add(kind, attribute.ShortName(), reading, attribute.NameLocation());
        }
    }

    /// <summary>Reports transforms that are written in an order in which they mean nothing, or twice where once is all they mean.</summary>
    public static void CheckOrder(INamedTypeSymbol type, bool bound, DiagnosticBag diagnostics)
    {
        AttributeData? latest = null, skipping = null;
        int reached = -1;
        HashSet<string> once = [];
        foreach (AttributeData attribute in type.GetAttributes())
        {
            if (attribute.AttributeClass?.Attribute(OptimizerSymbols.Chain)?.ConstructorArguments.FirstOrDefault().Value is not int position)
                continue;
            if (bound && attribute.AttributeClass.Attribute(OptimizerSymbols.Chain)!.Flag("NeedsScaledLoss"))
                diagnostics.Report(DiagnosticDescriptors.ScaledLossOfModel, attribute.NameLocation(), attribute.ShortName());
            if (attribute.AttributeClass.Attribute(OptimizerSymbols.Chain)!.Flag("SkipsNonFinite"))
            {
                if (skipping is not null && skipping.ShortName() != attribute.ShortName())
                    diagnostics.Report(DiagnosticDescriptors.SkippedTwice, attribute.NameLocation(), skipping.ShortName(), attribute.ShortName());
                skipping ??= attribute;
            }

            if (position < reached)
                diagnostics.Report(DiagnosticDescriptors.ChainOrder, attribute.NameLocation(), attribute.ShortName(), latest!.ShortName(), Why(position));
            else
                (latest, reached) = (attribute, position);
            if (!once.Add(attribute.ShortName()))
                diagnostics.Report(DiagnosticDescriptors.TransformTwice, attribute.NameLocation(), attribute.ShortName());
        }
    }

    private static string Why(int position) => position switch
    {
        0 => "everything else must see gradients of their true scale",
        1 => "it is done to each micro-batch by itself, before several become one",
        2 => "what follows must happen once per update, not once per micro-batch",
        3 => "gradients are bounded before they are changed in other ways",
        4 => "it looks for gradients of zero, to which nothing may have been added",
        5 => "gradients are changed before the update",
        6 => "steps are changed before parameters are averaged",
        Average => "averages are taken before parameters are constrained",
        _ => "constraints come last",
    };

    private static StageReading? Read(AttributeData attribute, StageKind kind, OptimizerDefinition definition, OptimizerHypers hypers, DiagnosticBag diagnostics)
    {
        IMethodSymbol[] applies = [.. definition.Type.MethodsMarked(OptimizerSymbols.Apply)];
        if (applies.Length != 1)
        {
            string has = applies.Length == 0 ? "none" : "several";
            diagnostics.Report(DiagnosticDescriptors.TransformWithoutApply, attribute.NameLocation(), attribute.ShortName(), has);
            return null;
        }

        Dictionary<IPropertySymbol, int> numbers = hypers.AddOf(attribute, definition);
        if (OptimizerSignature.Of(applies[0], kind, definition.Option, diagnostics) is not { } signature || definition.Evaluate(signature, numbers) is not { } reading)
            return null;
        AttributeData? chain = attribute.AttributeClass!.Attribute(OptimizerSymbols.Chain);
        return reading with { SeesAll = chain?.ConstructorArguments.FirstOrDefault().Value is >= Average, HoldsWhereMoved = chain?.Flag("HoldsWhereMoved") == true };
    }

    private static bool IsAfter(Location? location, Location? other) =>
        location?.SourceTree == other?.SourceTree && location?.SourceSpan is TextSpan span && other?.SourceSpan is TextSpan before && span.Start > before.Start;
}
