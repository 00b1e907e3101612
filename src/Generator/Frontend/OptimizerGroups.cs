using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads the groups of an optimizer: overrides for the parameters whose names match a pattern.</summary>
internal static class OptimizerGroups
{
    public static EquatableArray<GroupSpec> Read(INamedTypeSymbol type, ModelSpec? model, bool bound, DiagnosticBag diagnostics)
    {
        List<GroupSpec> groups = [];
        foreach (AttributeData attribute in type.GetAttributes().Where(attribute => attribute.AttributeClass.IsNamed(OptimizerSymbols.Group)))
        {
            if (attribute.ConstructorArguments.FirstOrDefault().Value is not string pattern)
                continue;
            Location? location = attribute.ArgumentLocation(0);
            GroupSpec group = new(pattern, attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Decay").Value.Value as bool?);
            if (!bound)
                diagnostics.Report(DiagnosticDescriptors.GroupWithoutModel, attribute.NameLocation(), type.Name);
            else if (model is not null && !model.Parameters.Any(parameter => group.Matches(parameter.Name)))
                diagnostics.Report(DiagnosticDescriptors.GroupMatchesNothing, location, model.Class.Name, pattern, Names(model));
            if (group.Decay is null)
                diagnostics.Report(DiagnosticDescriptors.GroupWithoutEffect, location, pattern);
            groups.Add(group);
        }

        return groups.ToEquatableArray();
    }

    private static string Names(ModelSpec model) => string.Join(", ", model.Parameters.Select(parameter => parameter.Name));
}
