using System.Text;
using Microsoft.CodeAnalysis;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Every transform of the library with every other, in both orders, through the generator and the compiler: a chain compiles without a warning, or is refused at the transform that is wrong.</summary>
public class ChainOrderTests
{
    private static readonly string[] s_before = [.. Chains.GradientTransforms, .. Chains.Perturbations];

    private static readonly string[] s_transforms = [.. s_before, .. Chains.ParameterTransforms];

    [Fact]
    public void Every_pair_of_transforms_compiles_or_is_refused_where_it_is_wrong()
    {
        string[] chains =
        [
            .. s_transforms.SelectMany(transform => new[] { "Sgd", "AdamW" }, (transform, rule) => Chain(rule, transform)),
            .. s_transforms.SelectMany(first => s_transforms.Where(second => second != first), (first, second) => Chain("Sgd", first, second)),
        ];
        StringBuilder source = new();
        List<int> ends = [];
        for (int i = 0; i < chains.Length; i++)
        {
            source.Append($"[Optimizer, {chains[i]}] public partial class O{i};\n");
            ends.Add(source.Length);
        }

        GeneratorRun run = GeneratorRun.Of(source.ToString());
        Assert.Null(run.Result.Exception);
        GeneratorRun.AssertClean(run.Output);
        int begin = run.Input.SyntaxTrees[0].ToString().Length - source.Length;
        ILookup<int, Diagnostic> said = run.Diagnostics.ToLookup(found => ends.FindIndex(end => found.Location.SourceSpan.Start - begin < end));
        for (int i = 0; i < chains.Length; i++)
        {
            Assert.Equal(!said[i].Any(found => found.Severity == DiagnosticSeverity.Error), run.Files.ContainsKey($"O{i}.Step.g.cs"));
            Assert.Equal($"{chains[i]}: {string.Join(", ", Expected(chains[i]))}", $"{chains[i]}: {string.Join(", ", said[i].Select(found => found.Id).Order(StringComparer.Ordinal))}");
            Assert.All(said[i], found =>
            {
                // The name of a transform of the chain.
                string token = run.Input.SyntaxTrees[0].ToString().Substring(found.Location.SourceSpan.Start, found.Location.SourceSpan.Length);
                Assert.Contains(token, s_transforms);
                Assert.Contains($"[{token}]", found.GetMessage(), StringComparison.Ordinal);
            });
        }
    }

    /// <summary>A chain in the order in which it is written, the rule where transforms of parameters begin.</summary>
    private static string Chain(string rule, params string[] transforms)
    {
        List<string> chain = [.. transforms];
        int place = chain.FindIndex(Chains.ParameterTransforms.Contains);
        chain.Insert(place < 0 ? chain.Count : place, rule);
        return string.Join(", ", chain.Select(name => name == rule ? rule : Chains.Attribute(name)));
    }

    /// <summary>What is said of a chain: nothing when each of its transforms stands where its position in the chain is.</summary>
    private static string[] Expected(string chain)
    {
        string[] names = [.. chain.Split(", ").Select(attribute => attribute.Split('(')[0])];
        int rule = Array.FindIndex(names, name => name is "Sgd" or "AdamW");
        List<string> expected = [];
        int[] positions = [.. names.Select(Position).Where(position => position >= 0)];
        if (positions.Length == 2 && positions[1] < positions[0])
            expected.Add("OPTG101");
        if (names.Skip(rule + 1).Any(s_before.Contains))
            expected.Add("OPTG046");
        return [.. expected.Order(StringComparer.Ordinal)];
    }

    private static int Position(string transform) =>
        typeof(UpdateRule).Assembly.GetType("OptGen." + transform)!.GetCustomAttributes(typeof(ChainAttribute), false) is [ChainAttribute chain] ? (int)chain.Position : -1;
}
