using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>The update rule of an optimizer, read but not yet put into the chain.</summary>
internal sealed record RuleReading(string Name, StageReading Stage, Location? Blame);

/// <summary>Reads the one update rule of an optimizer: an attribute of the class, or a method of the class marked <c>[Update]</c>.</summary>
internal static class OptimizerRules
{
    public static RuleReading? Read(INamedTypeSymbol type, Evaluator evaluator, OptimizerHypers hypers, DiagnosticBag diagnostics)
    {
        // Both kinds in the order of the source, each with its name and the token that stands for it.
        AttributeData[] attributes = [.. type.AttributesDerivedFrom(OptimizerSymbols.UpdateRule)];
        IMethodSymbol[] methods = [.. type.MethodsMarked(OptimizerSymbols.Update)];
        (string Name, Location? Location)[] rules =
        [
            .. attributes.Select(attribute => (attribute.ShortName(), attribute.NameLocation())),
            .. methods.Select(method => (method.Name, method.Location())),
        ];
        if (rules.Length == 0)
            diagnostics.Report(DiagnosticDescriptors.NoUpdateRule, type.Location(), type.Name);
        foreach ((string name, Location? location) in rules.Skip(1))
            diagnostics.Report(DiagnosticDescriptors.TwoUpdateRules, location, type.Name, rules[0].Name, name);

        OptimizerDefinition own = OptimizerDefinition.Own(evaluator, type);
        Dictionary<IPropertySymbol, int> ownHypers = hypers.AddOwn(own);
        if (rules.Length != 1)
            return null;
        if (attributes.Length == 0)
            return Evaluate(type.Name, own, methods[0], ownHypers, diagnostics);

        diagnostics.Use = rules[0].Location;
        if (OptimizerDefinition.Of(evaluator, attributes[0]) is not { } definition)
            return null;
        IMethodSymbol[] updates = [.. definition.Type.MethodsMarked(OptimizerSymbols.Update)];
        if (updates.Length != 1)
        {
            diagnostics.Report(DiagnosticDescriptors.RuleWithoutUpdate, rules[0].Location, rules[0].Name, updates.Length == 0 ? "none" : "several");
            return null;
        }

        return Evaluate(rules[0].Name, definition, updates[0], hypers.AddOf(attributes[0], definition), diagnostics);
    }

    private static RuleReading? Evaluate(
        string name, OptimizerDefinition definition, IMethodSymbol method, Dictionary<IPropertySymbol, int> hypers, DiagnosticBag diagnostics)
    {
        if (OptimizerSignature.Of(method, StageKind.Rule, definition.Option, diagnostics) is not { } signature || definition.Evaluate(signature, hypers) is not { } stage)
            return null;
        ScalarNode result = stage.Body.Function.Nodes[stage.Body.Function.Outputs[0]];
        if (result.Op == ScalarOp.Input && stage.Body.Inputs[result.A].Kind == UpdateInputKind.Parameter)
        {
            IParameterSymbol parameter = method.Parameters[signature.Results[0]];
            diagnostics.Report(DiagnosticDescriptors.ParameterNeverUpdated, parameter.Location(), method.Name, parameter.Name);
        }

        return new RuleReading(name, stage, definition.Blame);
    }
}
