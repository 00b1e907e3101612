using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OptGen.Generator.Frontend;

/// <summary>Finds the exact tokens of an attribute, for diagnostics.</summary>
internal static class OptimizerLocations
{
    /// <summary>The attribute's name.</summary>
    public static Location? NameLocation(this AttributeData attribute) => attribute.Syntax()?.Name.GetLocation();

    /// <summary>The value given to a named argument, or null.</summary>
    public static Location? NamedArgumentLocation(this AttributeData attribute, string name) =>
        attribute.Syntax()?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression.GetLocation();

    /// <summary>The positional argument of that number.</summary>
    public static Location? ArgumentLocation(this AttributeData attribute, int number) =>
        attribute.Syntax()?.ArgumentList?.Arguments.Where(argument => argument.NameEquals is null).ElementAtOrDefault(number)?.Expression.GetLocation();

    /// <summary>The only type argument of a generic attribute.</summary>
    public static Location? TypeArgumentLocation(this AttributeData attribute) =>
        attribute.Syntax()?.Name.DescendantNodesAndSelf().OfType<GenericNameSyntax>().FirstOrDefault()?.TypeArgumentList.Arguments[0].GetLocation();

    /// <summary>The type in a property's or parameter's declaration.</summary>
    public static Location? TypeLocation(this ISymbol symbol) => symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
    {
        BasePropertyDeclarationSyntax property => property.Type.GetLocation(),
        ParameterSyntax { Type: { } type } => type.GetLocation(),
        MethodDeclarationSyntax method => method.ReturnType.GetLocation(),
        _ => symbol.Location(),
    };

    private static AttributeSyntax? Syntax(this AttributeData attribute) => attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
}
