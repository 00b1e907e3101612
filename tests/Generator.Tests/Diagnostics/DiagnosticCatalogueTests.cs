using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Diagnostics;

/// <summary>Descriptors, release rows, pages and tests speak of the same set of diagnostics.</summary>
public partial class DiagnosticCatalogueTests
{
    private static readonly string s_root = Repository.Root;

    private static string[] Described => [.. DiagnosticDescriptors.All.Select(descriptor => descriptor.Id)];

    [Fact]
    public void Every_diagnostic_has_a_release_row_that_agrees_with_it()
    {
        string[] rows = [.. new[] { "Shipped", "Unshipped" }
            .SelectMany(part => File.ReadLines(Path.Combine(s_root, "src", "Generator", $"AnalyzerReleases.{part}.md")))
            .Where(line => line.StartsWith("OPTG", StringComparison.Ordinal))
            .Select(line => string.Join('|', line.Split('|').Take(3).Select(cell => cell.Trim())))
            .Order(StringComparer.Ordinal)];

        Assert.Equal(DiagnosticDescriptors.All.Select(descriptor => $"{descriptor.Id}|{descriptor.Category}|{descriptor.DefaultSeverity}"), rows);
    }

    [Fact]
    public void Every_diagnostic_has_a_page_under_its_title_with_its_severity()
    {
        string pages = Path.Combine(s_root, "docs", "diagnostics");
        Assert.Equal(Described, Directory.GetFiles(pages, "OPTG*.md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.All(DiagnosticDescriptors.All, descriptor =>
        {
            string page = File.ReadAllText(Path.Combine(s_root, descriptor.HelpLinkUri));
            Assert.StartsWith($"# {descriptor.Id}: {descriptor.Title}\n\n**{descriptor.DefaultSeverity}.**", page, StringComparison.Ordinal);
            Assert.Contains("```csharp", page, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_diagnostic_is_named_in_a_test()
    {
        IEnumerable<string> named = Directory.EnumerateFiles(Path.Combine(s_root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(path => Id().Matches(File.ReadAllText(path)))
            .Select(match => match.Value)
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(Described, named);
    }

    [Fact]
    public void Ids_are_unique() => Assert.Equal(Described.Distinct(), Described);

    [Fact]
    public void A_diagnostic_value_becomes_a_diagnostic_with_the_same_place_and_text()
    {
        DiagnosticDescriptor descriptor = DiagnosticDescriptors.NoUpdateRule;
        DiagnosticSpec spec = DiagnosticSpec.Create(descriptor, new SourceSpan("User.cs", 40, 5, 3, 8, 3, 13), "Net");
        Diagnostic diagnostic = spec.ToDiagnostic();

        FileLinePositionSpan lines = diagnostic.Location.GetLineSpan();
        Assert.Equal(("User.cs", 3, 8), (lines.Path, lines.StartLinePosition.Line, lines.StartLinePosition.Character));
        Assert.StartsWith("Optimizer 'Net' has no update rule", diagnostic.GetMessage(), StringComparison.Ordinal);
        Assert.Equal(spec, spec with { Arguments = new[] { "Net" }.ToEquatableArray() });
        Assert.NotEqual(spec, spec with { Arguments = ["Other"] });
    }

    [GeneratedRegex("OPTG[0-9]{3}")]
    private static partial Regex Id();
}
