using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor ZeroWeights = new(
        "OPTG065",
        "Weights of two successive layers start at zero",
        "'{0}' and '{1}', which multiplies what comes from it, both start at zero: no gradient flows back to '{0}', and nothing tells its units apart; initialize one of the two at random",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG065.md");
}
