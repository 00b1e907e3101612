using System.Text.RegularExpressions;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Docs;

/// <summary>The page that names rules as other libraries do speaks of what there is.</summary>
public partial class RulesByNameTests
{
    private static readonly string[] s_chains = [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules-by-name.md"))).Select(match => match.Groups["chain"].Value)];

    [Fact]
    public void What_the_page_says_to_write_compiles()
    {
        Assert.True(s_chains.Length > 60, "the page has lost its tables");
        GeneratorRun.Clean(string.Join("\n", s_chains.Select((chain, i) => $"[Optimizer, {chain}] public partial class O{i};")));
    }

    [GeneratedRegex(@"^\| `\[(?<chain>.+?)\]` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
