using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OptGen.Generator.Tests.Docs;

/// <summary>The range of an argument: the bounds of a hyperparameter, or what a schedule checks.</summary>
internal static class ArgumentRange
{
    private static readonly (string Bound, string Sign)[] s_bounds = [("AtLeast", "≥"), ("Above", ">"), ("AtMost", "≤"), ("Below", "<")];

    /// <summary>The range in signs, such as <c>≥ 0, &lt; 1</c>; empty where nothing is said of it.</summary>
    public static string Of(IPropertySymbol property)
    {
        AttributeData? bounds = property.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "BoundsAttribute");
        IEnumerable<string> parts = bounds is not null
            ? s_bounds.SelectMany(bound => bounds.NamedArguments.Where(given => given.Key == bound.Bound), (bound, given) => $"{bound.Sign} {Convert.ToString(given.Value.Value, CultureInfo.InvariantCulture)}")
            : Checks(property.ContainingType).Where(check => Argument(check, 0) == property.Name).Select(Part);
        return string.Join(", ", parts);
    }

    /// <summary>The calls of <c>ArgumentOutOfRangeException.ThrowIf…</c> in a definition's checks.</summary>
    private static IEnumerable<InvocationExpressionSyntax> Checks(INamedTypeSymbol type) =>
        from name in new[] { "Check", "Validate" }
        from method in type.GetMembers(name).OfType<IMethodSymbol>()
        from reference in method.DeclaringSyntaxReferences
        from call in reference.GetSyntax().DescendantNodes().OfType<InvocationExpressionSyntax>()
        where Method(call).StartsWith("ThrowIf", StringComparison.Ordinal)
        select call;

    private static string Part(InvocationExpressionSyntax check) => Method(check) switch
    {
        "ThrowIfNegative" => "≥ 0",
        "ThrowIfNegativeOrZero" => "> 0",
        "ThrowIfLessThan" => $"≥ {Limit(check)}",
        "ThrowIfLessThanOrEqual" => $"> {Limit(check)}",
        "ThrowIfGreaterThan" => $"≤ {Limit(check)}",
        "ThrowIfGreaterThanOrEqual" => $"< {Limit(check)}",
        string other => throw new InvalidDataException($"{other} is no known check of a range."),
    };

    /// <summary>A number, or the name of another argument.</summary>
    private static string Limit(InvocationExpressionSyntax check)
    {
        string limit = Argument(check, 1);
        return double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number.ToString(CultureInfo.InvariantCulture) : $"`{limit}`";
    }

    private static string Method(InvocationExpressionSyntax call) => (call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText ?? "";

    private static string Argument(InvocationExpressionSyntax call, int number) => call.ArgumentList.Arguments[number].Expression.ToString();
}
