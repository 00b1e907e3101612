using System.Text;
using Microsoft.CodeAnalysis;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers.RandomChains;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>
/// Every transform of the library with every other, in both orders, and with itself, through the generator and the compiler: a chain compiles without a warning and computes what plain loops say, or is refused at
/// the transform that is wrong.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class ChainOrderTests
{
    private static readonly string[] s_before = [.. Chains.GradientTransforms, .. Chains.Perturbations];

    private static readonly string[] s_transforms = [.. s_before, .. Chains.ParameterTransforms];

    private static readonly string[] s_skipping = [nameof(SkipNonFinite), nameof(Unscale)];

    /// <summary>A matrix, a vector and one number.</summary>
    private static readonly ReferenceTensor[] s_tensors =
    [
        new("A", 5, 19, 0, ParameterKind.Weight, 0), new("B", 1, 33, 95, ParameterKind.Weight, 0), new("C", 17, 3, 128, ParameterKind.Weight, 0), new("D", 1, 1, 179, ParameterKind.Weight, 0),
    ];

    [Fact]
    public void Every_pair_of_transforms_is_computed_or_is_refused_where_it_is_wrong()
    {
        // C# itself refuses a perturbation twice.
        RandomChain[] chains =
        [
            .. s_transforms.SelectMany(transform => new[] { "Sgd", "AdamW" }, (transform, rule) => (Rule: rule, Transforms: new[] { transform }))
                .Concat(s_transforms.SelectMany(first => s_transforms, (first, second) => (Rule: "Sgd", Transforms: new[] { first, second })).Where(pair => !pair.Transforms.All(Chains.Perturbations.Contains)))
                .Select((pair, number) => new RandomChain(number, Chain(number, pair.Rule, pair.Transforms))),
        ];
        string[][] expected = [.. chains.Select(chain => Expected([.. chain.Declaration.Links.Select(link => link.Name)]))];
        bool[] refused = [.. expected.Select(ids => ids.Except(["OPTG046", "OPTG080"]).Any())];
        StringBuilder source = new();
        List<int> ends = [];
        foreach (RandomChain chain in chains)
        {
            source.Append(chain.Source).Append('\n');
            ends.Add(source.Length);
        }

        source.Append($"public static class Probe {{ public static object Unbound(int number, MatrixShape[] shapes) => number switch {{ {RandomChainProgram.Unbound(chains.Where(chain => !refused[chain.Number]))} }}; }}");
        GeneratorRun run = GeneratorRun.Of(source.ToString());
        Assert.Null(run.Result.Exception);
        int begin = run.Input.SyntaxTrees[0].ToString().Length - source.Length;
        ILookup<int, Diagnostic> said = run.Diagnostics.ToLookup(found => ends.FindIndex(end => found.Location.SourceSpan.Start - begin < end));
        foreach (RandomChain chain in chains)
        {
            Diagnostic[] own = [.. said[chain.Number]];
            Assert.Equal(!refused[chain.Number], run.Files.ContainsKey($"{chain.Name}.Step.g.cs"));
            Assert.Equal($"{chain.Source}: {string.Join(", ", expected[chain.Number])}", $"{chain.Source}: {string.Join(", ", own.Select(found => found.Id).Order(StringComparer.Ordinal))}");
            Assert.All(own, found =>
            {
                // The name of a transform of the chain.
                string token = run.Input.SyntaxTrees[0].ToString().Substring(found.Location.SourceSpan.Start, found.Location.SourceSpan.Length);
                Assert.Contains(token, chain.Declaration.Links.Select(link => link.Name));
                Assert.Contains($"[{token}]", found.GetMessage(), StringComparison.Ordinal);
            });
        }

        GeneratorRun.AssertClean(run.Output);
        AssertNumbers(new RandomChainProgram(LoadedProgram.OfCompilation(run.Output), s_tensors), [.. chains.Where(chain => !refused[chain.Number])]);
    }

    private static void AssertNumbers(RandomChainProgram program, RandomChain[] chains)
    {
        Assert.True(chains.Length > 200, $"Only {chains.Length} chains are legal.");
        List<string> failures = [];
        foreach (RandomChain chain in chains)
        {
            ChainRun numbers = new(program, chain);
            numbers.Follow();
            if (numbers.Failure is { } failure)
                failures.Add($"{failure}\n{chain.Source}");
        }

        Assert.True(failures.Count == 0, $"{failures.Count} chains differ.\n" + string.Join("\n", failures.Take(5)));
    }

    /// <summary>A chain in the order in which it is written, the rule where transforms of parameters begin.</summary>
    private static ChainDeclaration Chain(int number, string rule, string[] transforms)
    {
        Random random = new(number);
        List<ChainLink> links = [.. transforms.Select(name => RandomChain.Link(name, random))];
        int place = links.FindIndex(link => Chains.ParameterTransforms.Contains(link.Name));
        links.Insert(place < 0 ? links.Count : place, RandomChain.Link(rule, random));
        return new ChainDeclaration([.. links], [], [], null);
    }

    /// <summary>What is said of a chain: nothing when each of its transforms stands where its position in the chain is, and says something that no other one does.</summary>
    private static string[] Expected(string[] names)
    {
        int rule = Array.FindIndex(names, name => name is "Sgd" or "AdamW");
        List<string> expected = [];
        int[] positions = [.. names.Select(Position).Where(position => position >= 0)];
        if (positions.Length == 2 && positions[1] < positions[0])
            expected.Add("OPTG101");
        if (names.Distinct().Count() < names.Length)
            expected.Add("OPTG102");
        else if (names.Count(s_skipping.Contains) == 2)
            expected.Add("OPTG079");
        for (int i = 0; i < names.Length; i++)
            expected.AddRange(names[i] == nameof(PrivacyNoise) ? new[] { nameof(ClipExample), nameof(Accumulate) }.Except(names[..i]).Select(_ => "OPTG113") : []);
        if (names.Skip(rule + 1).Any(s_before.Contains))
            expected.Add("OPTG046");
        else if (Chains.Perturbations.Contains(names[1]) && Chains.GradientTransforms.Contains(names[0]))
            expected.Add("OPTG080");
        return [.. expected.Order(StringComparer.Ordinal)];
    }

    private static int Position(string transform) =>
        typeof(UpdateRule).Assembly.GetType("OptGen." + transform)!.GetCustomAttributes(typeof(ChainAttribute), false) is [ChainAttribute chain] ? (int)chain.Position : -1;
}
