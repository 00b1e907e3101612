using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OptGen.Samples.Tests;

/// <summary>
/// What the generator of the package costs in a compiler process that has just begun. Times of such a process are noisy, so that they are printed, and held
/// only against the rest of the same process; what does not vary is the number of methods that the JIT had to compile.
/// </summary>
[Collection(PackageCollection.Name)]
public sealed partial class ColdStartTests(PackageFeed feed)
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="OptGen" Version="*" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>A residual network with two layers in each block, and two around them.</summary>
    private static string Network(int blocks) => $$"""
        using OptGen;
        using static OptGen.Ops;

        namespace Deep;

        public sealed class Block(int width) : Layer
        {
            public override Tensor Forward(Tensor x) => Relu(x + new Dense(width).Forward(Relu(new Dense(width).Forward(x))));
        }

        [Model(Batch = 32)]
        public partial class Net
        {
            [Forward] private static Tensor Forward([Shape(64)] Tensor x)
            {
                x = Relu(new Dense(128).Forward(x));
                for (int i = 0; i < {{blocks}}; i++)
                    x = new Block(128).Forward(x);
                return new Dense(10).Forward(x);
            }

            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>]
        [AdamW(LearningRate = 1e-3f)]
        public partial class NetAdamW;
        """;

    [Fact]
    public void Precompiled_code_of_the_generator_is_taken()
    {
        string project = Deep(24);
        string jitted = Path.Combine(project, "jitted.txt");
        (int All, int Ours, byte[] Assembly) Jitted(bool isPrecompiled)
        {
            Compile(project, isPrecompiled, new Dictionary<string, string> { ["DOTNET_JitStdOutFile"] = jitted, ["DOTNET_JitDisasmSummary"] = "1" });
            string[] all = [.. File.ReadLines(jitted).Where(line => line.Contains("Tier0", StringComparison.Ordinal))];
            File.Delete(jitted);
            int ours = all.Count(line => line.Contains("OptGen.Generator", StringComparison.Ordinal));
            return (all.Length, ours, File.ReadAllBytes(Path.Combine(project, "obj", "Release", "net10.0", "Deep24.dll")));
        }

        (int all, int ours, byte[] assembly) = Jitted(isPrecompiled: true);
        (int allOfIl, int oursOfIl, byte[] same) = Jitted(isPrecompiled: false);
        Assert.Equal(same, assembly);
        Print($"methods that the JIT compiled in a fresh compiler: {all} with the precompiled generator, {ours} of them its own or over its types; from IL {allOfIl} and {oursOfIl}");
        Assert.InRange(ours, 0, 200);
        Assert.True(all < 0.6 * allOfIl, $"{all} methods were compiled with the precompiled generator, {allOfIl} without");
    }

    [Fact]
    public void The_generator_takes_less_than_the_rest_of_a_fresh_compiler()
    {
        string project = Deep(24);
        (double Generator, double Whole) best = (double.MaxValue, 1);
        for (int i = 0; i < 3; i++)
        {
            (double generator, double whole) = Compile(project, isPrecompiled: true, new Dictionary<string, string>());
            if (generator / whole < best.Generator / best.Whole)
                best = (generator, whole);
        }

        Print(FormattableString.Invariant($"50 layers: the generator took {best.Generator:0.00} s of the {best.Whole:0.00} s of a fresh compiler process"));
        Assert.InRange(best.Generator / best.Whole, 0, 0.5);
    }

    private string Deep(int blocks) => feed.Project($"Deep{blocks}", Project, ("Net.cs", Network(blocks)));

    /// <summary>Runs the compiler in a process of its own; the seconds that the generator took, and all of them.</summary>
    private (double Generator, double Whole) Compile(string project, bool isPrecompiled, Dictionary<string, string> environment)
    {
        string arguments = Path.Combine(project, "csc.rsp"), il = Path.Combine(project, "il.rsp");
        if (!File.Exists(arguments))
        {
            feed.Run(project, "restore");
            Command asked = feed.Run(project, "msbuild", "-t:Compile", "-p:Configuration=Release", "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true", "-getItem:CscCommandLineArgs");
            using JsonDocument items = JsonDocument.Parse(asked.Output);
            string[] given = [.. items.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
            string precompiled = Path.Combine("tools", PackageFeed.Platform), plain = Path.Combine("analyzers", "dotnet", "cs");
            Assert.Contains(given, argument => argument.Contains(precompiled, StringComparison.Ordinal));
            File.WriteAllLines(arguments, given.Where(argument => argument != "/noconfig"));
            File.WriteAllText(il, File.ReadAllText(arguments).Replace(precompiled, plain, StringComparison.Ordinal));
        }

        string compiler = Path.Combine(feed.Run(project, "msbuild", "-getProperty:RoslynTargetsPath").Output.Trim(), "bincore", "csc.dll");
        Stopwatch watch = Stopwatch.StartNew();
        Command compiled = feed.Run(project, environment, compiler, "/noconfig", "@" + (isPrecompiled ? arguments : il), "/reportanalyzer");
        double whole = watch.Elapsed.TotalSeconds;
        return (double.Parse(GeneratorTime().Match(compiled.Output).Groups["seconds"].Value, CultureInfo.InvariantCulture), whole);
    }

    private static void Print(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);

    [GeneratedRegex(@"(?<seconds>[\d.]+) +<?\d+ +OptGen\.Generator\.OptGenGenerator")]
    private static partial Regex GeneratorTime();
}
