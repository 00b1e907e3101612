using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads how memory holds the states of an optimizer.</summary>
internal static class OptimizerStorage
{
    // The members of the runtime's Storage.
    private const int Element = 0, BFloat16 = 1;

    private const string Stochastic = "Stochastic";

    /// <summary>The states with their formats.</summary>
    public static EquatableArray<StateSpec> Read(INamedTypeSymbol type, Precision precision, EquatableArray<StateSpec> states, DiagnosticBag diagnostics)
    {
        AttributeData? forAll = null;
        Dictionary<int, AttributeData> named = [];
        foreach (AttributeData attribute in type.GetAttributes().Where(attribute => attribute.AttributeClass.IsNamed(OptimizerSymbols.StateStorage)))
        {
            if (!CheckStorage(type, attribute, precision, diagnostics))
                continue;
            if (NameOf(attribute) is not string name)
            {
                if (forAll is not null)
                    diagnostics.Report(DiagnosticDescriptors.StorageTwice, attribute.NameLocation(), "all states");
                else if (!states.Any(IsAmongAll))
                    diagnostics.Report(DiagnosticDescriptors.StorageOfNothing, attribute.NameLocation(), type.Name);
                forAll = attribute;
                continue;
            }

            // The name of an array stands for all of its states.
            int[] slots = [.. Enumerable.Range(0, states.Count).Where(slot => !states[slot].IsScratch && (IsNamed(states[slot].Name, name) || IsNamed(states[slot].Array, name)))];
            if (slots.Length == 0)
                diagnostics.Report(DiagnosticDescriptors.UnknownState, attribute.ArgumentLocation(0), type.Name, name, Names(states));
            else if (slots.Any(named.ContainsKey))
                diagnostics.Report(DiagnosticDescriptors.StorageTwice, attribute.ArgumentLocation(0), $"'{states[slots.First(named.ContainsKey)].Name}'");
            else if (CheckState(attribute, states[slots[0]], diagnostics))
                slots.ToList().ForEach(slot => named.Add(slot, attribute));
        }

        return Enumerable.Range(0, states.Count).Select(slot =>
        {
            AttributeData? attribute = named.TryGetValue(slot, out AttributeData own) ? own : IsAmongAll(states[slot]) ? forAll : null;
            return attribute is null ? states[slot] : states[slot] with { Format = FormatOf(attribute, states[slot]) };
        }).ToEquatableArray();
    }

    private static bool CheckStorage(INamedTypeSymbol type, AttributeData attribute, Precision precision, DiagnosticBag diagnostics)
    {
        int storage = StorageOf(attribute);
        if (precision == Precision.Double && storage != Element)
        {
            diagnostics.Report(DiagnosticDescriptors.StorageOfDoubles, attribute.ArgumentLocation(attribute.ConstructorArguments.Length - 1), type.Name);
            return false;
        }

        if (attribute.Flag(Stochastic) && storage != BFloat16)
            diagnostics.Report(DiagnosticDescriptors.StochasticStorage, attribute.NamedArgumentLocation(Stochastic));
        return true;
    }

    private static bool CheckState(AttributeData attribute, StateSpec state, DiagnosticBag diagnostics)
    {
        if (StorageOf(attribute) == Element)
            return true;
        string? why = state.IsInput ? "is an input, which the user fills"
            : state.Over != Extent.Element ? $"has one number for {state.Over.Describe()}"
            : null;
        if (why is not null)
            diagnostics.Report(DiagnosticDescriptors.StorageOfFew, attribute.ArgumentLocation(0), state.Name, why);
        else if (state.IsExact)
            diagnostics.Report(DiagnosticDescriptors.StorageOfExact, attribute.ArgumentLocation(0), state.Name);
        return why is null;
    }

    private static bool IsAmongAll(StateSpec state) => state is { Over: Extent.Element, IsInput: false, IsScratch: false, IsExact: false };

    private static StateFormat FormatOf(AttributeData attribute, StateSpec state) => StorageOf(attribute) switch
    {
        Element => StateFormat.Element,
        BFloat16 => attribute.Flag(Stochastic) ? StateFormat.StochasticBFloat16 : StateFormat.BFloat16,
        _ => state.IsNonNegative ? StateFormat.Unsigned8 : StateFormat.Signed8,
    };

    private static int StorageOf(AttributeData attribute) => attribute.ConstructorArguments.LastOrDefault().Value as int? ?? Element;

    private static string? NameOf(AttributeData attribute) => attribute.ConstructorArguments.Length < 2 ? null : attribute.ConstructorArguments[0].Value as string ?? "";

    private static string Names(EquatableArray<StateSpec> states)
    {
        string[] names = [.. states.Where(state => !state.IsScratch).Select(state => state.Name)];
        return names.Length == 0 ? "it has none" : "its states are " + string.Join(", ", names);
    }

    private static bool IsNamed(string state, string name) => state.Length > 0 && (state == name || char.ToLowerInvariant(state[0]) + state.Substring(1) == name);
}
