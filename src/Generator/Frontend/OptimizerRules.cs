using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>What is read of an optimizer's update rule.</summary>
internal sealed record RuleReading(UpdateSpec Update, EquatableArray<StateSpec> States);

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
        Dictionary<IPropertySymbol, int> ownHypers = hypers.AddOwn(type, own.Initial);
        if (rules.Length != 1)
            return null;
        if (attributes.Length == 0)
            return Evaluate(type.Name, own, methods[0], ownHypers, diagnostics);

        if (OptimizerDefinition.Of(evaluator, attributes[0]) is not { } definition)
            return null;
        IMethodSymbol[] updates = [.. definition.Type.MethodsMarked(OptimizerSymbols.Update)];
        if (updates.Length != 1)
        {
            diagnostics.Report(DiagnosticDescriptors.RuleWithoutUpdate, rules[0].Location, rules[0].Name, updates.Length == 0 ? "none" : "several");
            return null;
        }

        return Evaluate(rules[0].Name, definition, updates[0], hypers.AddOf(attributes[0], definition.Type, definition.Initial), diagnostics);
    }

    private static RuleReading? Evaluate(
        string name, OptimizerDefinition definition, IMethodSymbol method, Dictionary<IPropertySymbol, int> hypers, DiagnosticBag diagnostics)
    {
        if (OptimizerSignature.OfUpdate(method, diagnostics) is not { } signature || definition.Evaluate(signature, hypers) is not { } update)
            return null;
        if (IsInput(update, 0, UpdateInputKind.Parameter, 0))
        {
            IParameterSymbol parameter = method.Parameters[signature.Outputs[0]];
            diagnostics.Report(DiagnosticDescriptors.ParameterNeverUpdated, parameter.Location(), method.Name, parameter.Name);
        }

        return DropUnchangedStates(name, update, signature.States);
    }

    /// <summary>
    /// A state that the rule never changes stays zero, as it began: it is dropped, and 0 stands for it. So an optional part of a rule that is left out
    /// takes its states along.
    /// </summary>
    private static RuleReading DropUnchangedStates(string name, BoundFunction update, IReadOnlyList<string> states)
    {
        int[] kept = [.. Enumerable.Range(0, states.Count).Where(state => !IsInput(update, state + 1, UpdateInputKind.State, state))];
        ScalarBuilder scalar = new();
        List<UpdateInput> inputs = [];
        int[] values = new int[update.Inputs.Count];
        for (int i = 0; i < values.Length; i++)
        {
            UpdateInput input = update.Inputs[i];
            if (input.Kind == UpdateInputKind.State)
                input = new UpdateInput(UpdateInputKind.State, Array.IndexOf(kept, input.Index));
            bool used = update.Function.Nodes.Any(node => node.Op == ScalarOp.Input && node.A == i);
            if (input is { Kind: UpdateInputKind.State, Index: < 0 } || !used)
            {
                values[i] = scalar.Constant(0);
                continue;
            }

            values[i] = scalar.Input(inputs.Count);
            inputs.Add(input);
        }

        int[] results = scalar.Inline(update.Function, values);
        ScalarFunction function = scalar.Build(inputs.Count, [results[0], .. kept.Select(state => results[state + 1])]);
        return new RuleReading(
            new UpdateSpec(name, new BoundFunction(function, inputs.ToEquatableArray())),
            kept.Select(state => new StateSpec(Pascal(states[state]), $"State {states[state]} of {name}, one number per parameter.")).ToEquatableArray());
    }

    private static bool IsInput(BoundFunction update, int output, UpdateInputKind kind, int index)
    {
        ScalarNode node = update.Function.Nodes[update.Function.Outputs[output]];
        return node.Op == ScalarOp.Input && update.Inputs[node.A] == new UpdateInput(kind, index);
    }

    private static string Pascal(string name)
    {
        string trimmed = name.TrimStart('_', '@');
        return trimmed.Length == 0 ? name : char.ToUpperInvariant(trimmed[0]) + trimmed.Substring(1);
    }
}
