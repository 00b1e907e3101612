using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Whether the project is compiled as a version of C# that has all that emitted code is written in.</summary>
internal static class LanguageCheck
{
    /// <summary>The first with <c>field</c>, which emitted setters check before they assign. The oldest compiler that loads the generator has no name for it.</summary>
    private const LanguageVersion Needed = (LanguageVersion)1400;

    /// <summary>Reports a project whose version is older, on the attribute of the class.</summary>
    public static void Report(INamedTypeSymbol type, AttributeData? mark, Compilation compilation, DiagnosticBag diagnostics)
    {
        if (compilation is CSharpCompilation { LanguageVersion: var version } && version < Needed)
            diagnostics.Report(DiagnosticDescriptors.LanguageTooOld, mark?.NameLocation(), type.Name, (int)Needed / 100, version.ToDisplayString());
    }
}
