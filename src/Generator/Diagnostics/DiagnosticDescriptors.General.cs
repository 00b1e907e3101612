using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor GeneratorFault = new(
        "OPTG000",
        "The generator failed",
        "OptGen failed on '{0}': {1}; this is a fault of OptGen, please report it with the declaration of the class",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG000.md");

    public static readonly DiagnosticDescriptor LanguageTooOld = new(
        "OPTG074",
        "Generated code needs a newer version of C#",
        "What OptGen writes for '{0}' is C# {1}, but the project is compiled as C# {2}; remove LangVersion from the project, or set it to {1} or later",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG074.md");
}
