using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>Recognises the declarations of optimizers by their names in the runtime.</summary>
internal static class OptimizerSymbols
{
    public const string Optimizer = "OptimizerAttribute";
    public const string Group = "GroupAttribute";
    public const string Hyper = "HyperAttribute";
    public const string Bounds = "BoundsAttribute";
    public const string State = "StateAttribute";
    public const string StateStorage = "StateStorageAttribute";
    public const string Input = "InputAttribute";
    public const string Loss = "LossAttribute";
    public const string Update = "UpdateAttribute";
    public const string Reduce = "ReduceAttribute";
    public const string Whole = "WholeAttribute";
    public const string Once = "OnceAttribute";
    public const string Pairs = "Pairs";
    public const string Apply = "ApplyAttribute";
    public const string UpdateRule = "UpdateRule";
    public const string GradientTransform = "GradientTransform";
    public const string ParameterTransform = "ParameterTransform";
    public const string Perturbation = "Perturbation";
    public const string Chain = "ChainAttribute";
    public const string LayerwiseDecay = "LayerwiseDecayAttribute";
    public const string Schedule = "Schedule";

    /// <summary>Whether the type is the runtime's type of that name, generic or not.</summary>
    public static bool IsNamed(this ITypeSymbol? type, string name) =>
        type is not null
        && type.Name == name
        && type.ContainingType is null
        && type.ContainingNamespace is { Name: "OptGen", ContainingNamespace.IsGlobalNamespace: true };

    /// <summary>Whether the type derives from the runtime's class of that name.</summary>
    public static bool DerivesFrom(this ITypeSymbol? type, string name)
    {
        for (ITypeSymbol? current = type?.BaseType; current is not null; current = current.BaseType)
        {
            if (current.IsNamed(name))
                return true;
        }

        return false;
    }

    public static AttributeData? Attribute(this ISymbol symbol, string name)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass.IsNamed(name))
                return attribute;
        }

        return null;
    }

    public static bool Has(this ISymbol symbol, string attribute) => symbol.Attribute(attribute) is not null;

    /// <summary>The attributes whose classes derive from the runtime's class of that name, in the order of the source.</summary>
    public static IEnumerable<AttributeData> AttributesDerivedFrom(this ISymbol symbol, string name) =>
        symbol.GetAttributes().Where(attribute => attribute.AttributeClass.DerivesFrom(name));

    /// <summary>The methods of the class that carry the attribute, in the order of the source.</summary>
    public static IEnumerable<IMethodSymbol> MethodsMarked(this INamedTypeSymbol type, string attribute) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(method => method.Has(attribute));

    /// <summary>The attribute's name as it stands in the source: without its suffix.</summary>
    public static string ShortName(this AttributeData attribute) => attribute.AttributeClass!.ShortName();

    public static string ShortName(this ITypeSymbol type) =>
        type.Name.EndsWith("Attribute", StringComparison.Ordinal) && type.Name.Length > "Attribute".Length
            ? type.Name.Substring(0, type.Name.Length - "Attribute".Length)
            : type.Name;

    public static bool IsReal(this ITypeSymbol type) => type.SpecialType is SpecialType.System_Single or SpecialType.System_Double;

    /// <summary>The value of a named argument of the attribute; null where it is not given.</summary>
    public static object? Named(this AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value;

    /// <summary>Whether a named argument of the attribute is given as true.</summary>
    public static bool Flag(this AttributeData attribute, string name) => attribute.Named(name) is true;

    public static Location? Location(this ISymbol symbol) => symbol.Locations.FirstOrDefault(location => location.IsInSource);
}
