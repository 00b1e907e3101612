using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads the groups of an optimizer: overrides for the parameters whose names match a pattern, or that are of a kind.</summary>
internal static class OptimizerGroups
{
    public static EquatableArray<GroupSpec> Read(INamedTypeSymbol type, ModelSpec? model, bool bound, OptimizerHypers hypers, OptimizerStages stages, DiagnosticBag diagnostics)
    {
        List<GroupSpec> groups = [];
        foreach (AttributeData attribute in type.GetAttributes().Where(attribute => attribute.AttributeClass.IsNamed(OptimizerSymbols.Group)))
        {
            TypedConstant what = attribute.ConstructorArguments.FirstOrDefault();
            if (what.IsNull || what.Kind == TypedConstantKind.Error)
                continue;
            string pattern = what.Value as string ?? "";
            ParameterKind? kind = what.Value is int number ? (ParameterKind)number : null;
            string shown = kind?.ToString() ?? pattern;
            Location? location = attribute.ArgumentLocation(0);
            int hyper = Hyper(attribute, attribute.Named("Hyper") as string, attribute.Named("Value") is not null, hypers, diagnostics);
            GroupSpec group = new(
                FreeName(groups, attribute.Named("Name") as string ?? shown),
                pattern,
                kind,
                attribute.Named("Decay") as bool?,
                attribute.Named("Frozen") is true,
                attribute.Named("LearningRateScale") as double?,
                hyper,
                attribute.Named("Value") is { } value ? OptimizerLiterals.Number(value) : 0);
            if (!bound)
                diagnostics.Report(DiagnosticDescriptors.GroupWithoutModel, attribute.NameLocation(), type.Name);
            else if (model is not null && !model.Parameters.Any(group.Covers))
                diagnostics.Report(DiagnosticDescriptors.GroupMatchesNothing, location, model.Class.Name, shown, Names(model));
            if (group is { Decay: null, Frozen: false, RateScale: null } && attribute.Named("Hyper") is null)
                diagnostics.Report(DiagnosticDescriptors.GroupWithoutEffect, location, shown);
            if (group.RateScale is not null && hypers.IndexOf("LearningRate") < 0)
                diagnostics.Report(DiagnosticDescriptors.UnknownGroupHyper, attribute.NamedArgumentLocation("LearningRateScale") ?? location, "LearningRate", hypers.Describe());
            if (group.RateScale is double scale && !Bounds.NotNegative.Contains(scale))
                diagnostics.Report(DiagnosticDescriptors.HyperOutOfRange, attribute.NamedArgumentLocation("LearningRateScale"), "LearningRateScale", Bounds.Text(scale), Bounds.NotNegative.Describe());
            if (hyper >= 0 && attribute.Named("Value") is not null)
                hypers.CheckRange(hypers[hyper], group.Value, attribute.NamedArgumentLocation("Value"));
            if (hyper >= 0)
                CheckShared(hyper, attribute.NamedArgumentLocation("Hyper"), hypers, stages, diagnostics);
            if (group.RateScale is not null)
                CheckShared(hypers.IndexOf("LearningRate"), attribute.NamedArgumentLocation("LearningRateScale"), hypers, stages, diagnostics);
            groups.Add(group);
        }

        return groups.ToEquatableArray();
    }

    /// <summary>The hyperparameter of layer-wise decay; −1 where there is none.</summary>
    public static int ReadLayerDecay(INamedTypeSymbol type, bool bound, OptimizerHypers hypers, OptimizerStages stages, DiagnosticBag diagnostics)
    {
        if (type.Attribute(OptimizerSymbols.LayerwiseDecay) is not { } attribute)
            return -1;
        if (!bound)
            diagnostics.Report(DiagnosticDescriptors.GroupWithoutModel, attribute.NameLocation(), type.Name);
        if (hypers.IndexOf("LearningRate") < 0)
            diagnostics.Report(DiagnosticDescriptors.UnknownGroupHyper, attribute.NameLocation(), "LearningRate", hypers.Describe());
        CheckShared(hypers.IndexOf("LearningRate"), attribute.NameLocation(), hypers, stages, diagnostics);
        return hypers.AddLayerDecay(OptimizerLiterals.Number(attribute.ConstructorArguments.FirstOrDefault().Value), attribute.ArgumentLocation(0));
    }

    /// <summary>Reports a hyperparameter that is to differ between parameters, but goes into what all of them share.</summary>
    private static void CheckShared(int hyper, Location? location, OptimizerHypers hypers, OptimizerStages stages, DiagnosticBag diagnostics)
    {
        if (hyper >= 0 && stages.SharedBy(hyper) is (string what, string stage))
            diagnostics.Report(DiagnosticDescriptors.GroupOfShared, location, hypers[hyper].Name, what, stage);
    }

    private static int Hyper(AttributeData attribute, string? name, bool hasValue, OptimizerHypers hypers, DiagnosticBag diagnostics)
    {
        if (name is null)
            return -1;
        int hyper = hypers.IndexOf(name);
        if (hyper < 0)
            diagnostics.Report(DiagnosticDescriptors.UnknownGroupHyper, attribute.NamedArgumentLocation("Hyper"), name, hypers.Describe());
        else if (!hasValue)
            diagnostics.Report(DiagnosticDescriptors.GroupWithoutValue, attribute.NamedArgumentLocation("Hyper"), name);
        return hyper;
    }

    /// <summary>The letters and digits of what the group covers, as the start of property names.</summary>
    private static string FreeName(List<GroupSpec> groups, string text)
    {
        string[] words = text.Split([.. text.Where(letter => !char.IsLetterOrDigit(letter)).Distinct()], StringSplitOptions.RemoveEmptyEntries);
        string name = string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
        if (name.Length == 0 || char.IsDigit(name[0]))
            name = "Group" + name;
        string free = name;
        for (int number = 2; groups.Exists(group => group.Name == free); number++)
            free = name + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return free;
    }

    private static string Names(ModelSpec model) => string.Join(", ", model.Parameters.Select(parameter => parameter.Name));
}
