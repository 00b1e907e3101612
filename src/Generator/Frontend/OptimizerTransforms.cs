using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads the gradient transforms of an optimizer, in the order in which they are written and run.</summary>
internal static class OptimizerTransforms
{
    public static EquatableArray<GradientTransformSpec> Read(INamedTypeSymbol type, Evaluator evaluator, OptimizerHypers hypers, DiagnosticBag diagnostics)
    {
        List<GradientTransformSpec> transforms = [];
        AttributeData? rule = type.AttributesDerivedFrom(OptimizerSymbols.UpdateRule).FirstOrDefault();
        foreach (AttributeData attribute in type.AttributesDerivedFrom(OptimizerSymbols.GradientTransform))
        {
            if (rule is not null && IsAfter(attribute.NameLocation(), rule.NameLocation()))
                diagnostics.Report(DiagnosticDescriptors.TransformAfterRule, attribute.NameLocation(), attribute.ShortName(), rule.ShortName());
            if (OptimizerDefinition.Of(evaluator, attribute) is { } definition && Read(attribute, definition, hypers, diagnostics) is { } transform)
                transforms.Add(transform);
        }

        return transforms.ToEquatableArray();
    }

    private static GradientTransformSpec? Read(AttributeData attribute, OptimizerDefinition definition, OptimizerHypers hypers, DiagnosticBag diagnostics)
    {
        IMethodSymbol[] applies = [.. definition.Type.MethodsMarked(OptimizerSymbols.Apply)];
        IMethodSymbol[] reductions = [.. definition.Type.MethodsMarked(OptimizerSymbols.Reduce)];
        if (applies.Length != 1)
        {
            string has = applies.Length == 0 ? "none" : "several";
            diagnostics.Report(DiagnosticDescriptors.TransformWithoutApply, attribute.NameLocation(), attribute.ShortName(), has);
            return null;
        }

        Dictionary<IPropertySymbol, int> numbers = hypers.AddOf(attribute, definition.Type, definition.Initial);
        foreach (IMethodSymbol second in reductions.Skip(1))
        {
            Location? location = second.Location() ?? attribute.NameLocation();
            diagnostics.Report(DiagnosticDescriptors.TransformSignature, location, second.Name, "Reduce", "the only one of its class");
        }

        BoundFunction? reduction = reductions.Length > 0 && OptimizerSignature.OfTransform(reductions[0], "Reduce", reduced: false, diagnostics) is { } summed
            ? definition.Evaluate(summed, numbers)
            : null;
        BoundFunction? apply = OptimizerSignature.OfTransform(applies[0], "Apply", reduced: reductions.Length > 0, diagnostics) is { } applied
            ? definition.Evaluate(applied, numbers)
            : null;
        return apply is null || (reductions.Length > 0 && reduction is null) ? null : new GradientTransformSpec(attribute.ShortName(), reduction, apply);
    }

    private static bool IsAfter(Location? location, Location? other) =>
        location?.SourceTree == other?.SourceTree && location?.SourceSpan is TextSpan span && other?.SourceSpan is TextSpan before && span.Start > before.Start;
}
