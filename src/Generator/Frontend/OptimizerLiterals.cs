using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace OptGen.Generator.Frontend;

/// <summary>Writes the arguments of an attribute as C# that means the same anywhere, whatever the culture and the usings.</summary>
internal static class OptimizerLiterals
{
    /// <summary>The expression that creates an attribute's object, such as <c>new global::OptGen.StepDecay { Every = 100 }</c>.</summary>
    public static string Creation(AttributeData attribute)
    {
        string type = attribute.AttributeClass!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        string arguments = string.Join(", ", attribute.ConstructorArguments.Select(Literal));
        string properties = string.Join(", ", attribute.NamedArguments.Select(argument => $"{argument.Key} = {Literal(argument.Value)}"));
        return (arguments, properties) switch
        {
            ("", "") => $"new {type}()",
            (_, "") => $"new {type}({arguments})",
            ("", _) => $"new {type} {{ {properties} }}",
            _ => $"new {type}({arguments}) {{ {properties} }}",
        };
    }

    public static string Literal(TypedConstant constant)
    {
        string type = constant.Type!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        if (constant.IsNull)
            return $"({type})null";
        return constant.Kind switch
        {
            TypedConstantKind.Array => $"new {type} {{ {string.Join(", ", constant.Values.Select(Literal))} }}",
            TypedConstantKind.Type => $"typeof({((ITypeSymbol)constant.Value!).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})",
            TypedConstantKind.Enum => $"({type})({Primitive(constant.Value!)})",
            _ => Primitive(constant.Value!),
        };
    }

    /// <summary>The number that a constant stands for; of a <c>float</c>, the shortest decimal that names it. A flag counts as 0 or 1.</summary>
    public static double Number(object? constant) => constant switch
    {
        float single when !float.IsNaN(single) && !float.IsInfinity(single) =>
            double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        bool flag => flag ? 1 : 0,
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
        _ => 0,
    };

    private static string Primitive(object value) => value switch
    {
        float number when float.IsNaN(number) => "float.NaN",
        float number when float.IsInfinity(number) => number > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
        double number when double.IsNaN(number) => "double.NaN",
        double number when double.IsInfinity(number) => number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        char letter => SymbolDisplay.FormatLiteral(letter, quote: true),
        bool flag => flag ? "true" : "false",
        uint number => number.ToString(CultureInfo.InvariantCulture) + "u",
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "ul",
        int number => number.ToString(CultureInfo.InvariantCulture),
        byte number => $"(byte){number}",
        sbyte number => $"(sbyte)({number.ToString(CultureInfo.InvariantCulture)})",
        short number => $"(short)({number.ToString(CultureInfo.InvariantCulture)})",
        ushort number => $"(ushort){number}",
        _ => throw new InvalidOperationException($"A value of type {value.GetType()} can't be an attribute's argument."),
    };
}
