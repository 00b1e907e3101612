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
}
