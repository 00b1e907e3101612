using System.Text.RegularExpressions;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.Docs;

/// <summary>The page that names rules as other libraries do speaks of what there is, and of all of it.</summary>
public partial class RulesByNameTests
{
    private static readonly string[] s_chains = [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules-by-name.md"))).Select(match => match.Groups["chain"].Value)];

    [Fact]
    public void What_the_page_says_to_write_compiles() =>
        GeneratorRun.Clean(string.Join("\n", s_chains.Select((chain, i) => $"[Optimizer, {chain}] public partial class O{i};")));

    [Fact]
    public void Every_rule_and_transform_is_on_the_page()
    {
        HashSet<string> written = [.. s_chains.SelectMany(chain => Name().Matches(chain).Select(match => match.Value))];
        Assert.Empty(Chains.Rules.Except(written));
        Assert.Empty(Chains.GradientTransforms.Concat(Chains.ParameterTransforms).Concat(Chains.Perturbations).Except(written));
    }

    [GeneratedRegex(@"^\| `\[(?<chain>.+?)\]` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?=\(|,|$)")]
    private static partial Regex Name();
}
