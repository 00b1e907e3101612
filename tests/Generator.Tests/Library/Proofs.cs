using System.Text.RegularExpressions;
using OptGen.Generator.Tests.Docs;
using OptGen.Generator.Tests.Golden;

namespace OptGen.Generator.Tests.Library;

/// <summary>What values and gradients of a definition are held against, from the tables that the tests run through.</summary>
internal static partial class Proofs
{
    public const string PyTorch = "PyTorch", ClosedForm = "closed form", Differences = "differences";

    private static readonly Lazy<HashSet<string>> s_golden = new(() => [.. GoldenFile.Layers.Layers.Select(each => GoldenCases.Written(each.Name))
        .Concat(GoldenFile.Layers.Losses.Select(each => GoldenCases.Written(each.Name)))
        .SelectMany(text => Names().Matches(text).Select(match => match.Value))]);

    public static string[] Of(LibraryDefinition definition)
    {
        LibraryCase[] cases = [.. LibraryCases.All.Where(each => each.Definitions.Contains(definition.Name))];
        List<string> proofs = [];
        if (s_golden.Value.Contains(definition.Name))
            proofs.Add(PyTorch);
        if (cases.Any(each => each.Reference is not null))
            proofs.Add(ClosedForm);
        if (cases.Length > 0)
            proofs.Add(Differences);
        return [.. proofs];
    }

    /// <summary>Names of definitions in the text of an attribute or call, without those of its arguments.</summary>
    [GeneratedRegex(@"\b[A-Z]\w*\b(?!\s*=)")]
    private static partial Regex Names();
}
