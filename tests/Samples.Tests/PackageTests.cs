using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OptGen.Samples.Tests;

/// <summary>The package, packed and used from a bare project outside the repository.</summary>
[Collection(PackageCollection.Name)]
public sealed partial class PackageTests(PackageFeed feed)
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <AnalysisLevel>latest-recommended</AnalysisLevel>
            <EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="OptGen" Version="*" />
          </ItemGroup>
        </Project>
        """;

    private const string Program = """
        using System;
        using Gates;

        XorAdam optimizer = new(new XorNet(1));
        float[] x = [0, 0, 0, 1, 1, 0, 1, 1];
        int[] y = [0, 1, 1, 0];
        float loss = optimizer.TrainStep(x, y);
        for (int step = 1; step < 500; step++)
            loss = optimizer.TrainStep(x, y);
        Console.WriteLine(loss < 0.05f ? "learned" : $"loss {loss}");
        """;

    private const string Declaration = """
        using OptGen;
        using static OptGen.Ops;

        namespace Gates;

        [Model(Batch = 4)]
        public partial class XorNet
        {
            [Dense(16)] private static partial Tensor Hidden(Tensor x);
            [Dense(2)] private static partial Tensor Logits(Tensor x);

            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Logits(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<XorNet>]
        [Adam(LearningRate = 0.05f)]
        public partial class XorAdam;
        """;

    [Fact]
    public void A_bare_project_with_the_package_alone_trains_and_compiles_what_README_declares()
    {
        string project = feed.Project("Xor", Project, ("Program.cs", Program), ("XorNet.cs", Declaration), ("Readme.cs", ReadmeDeclarations()));
        Assert.Equal("learned", feed.Run(project, "run", "-c", "Release").Lines[^1]);
    }

    [Fact]
    public void The_package_holds_the_generator_as_IL_and_precompiled()
    {
        using ZipArchive archive = ZipFile.OpenRead(feed.Package);
        string[] entries = [.. archive.Entries.Select(entry => entry.FullName)];
        Assert.Contains("lib/net10.0/OptGen.Runtime.dll", entries);
        Assert.Contains("lib/net10.0/OptGen.Runtime.xml", entries);
        Assert.Contains("analyzers/dotnet/cs/OptGen.Generator.dll", entries);
        Assert.Contains($"tools/{PackageFeed.Platform}/OptGen.Generator.dll", entries);
    }

    [Fact]
    public void A_project_gets_one_generator_and_the_precompiled_one_where_it_runs()
    {
        string project = feed.Project("Analyzers", Project);
        feed.Run(project, "restore");
        Assert.EndsWith($"tools/{PackageFeed.Platform}/OptGen.Generator.dll", Generator());
        Assert.EndsWith("analyzers/dotnet/cs/OptGen.Generator.dll", Generator("-p:OptGenPrecompiled=false"));
        Assert.EndsWith("analyzers/dotnet/cs/OptGen.Generator.dll", Generator("-p:NETCoreSdkPortableRuntimeIdentifier=haiku-x64"));

        string Generator(params string[] properties)
        {
            Command command = feed.Run(project, ["msbuild", "-t:ResolveLockFileAnalyzers", "-getItem:Analyzer", .. properties]);
            using JsonDocument items = JsonDocument.Parse(command.Output);
            return Assert.Single(
                items.RootElement.GetProperty("Items").GetProperty("Analyzer").EnumerateArray().Select(item => item.GetProperty("FullPath").GetString()!.Replace('\\', '/')),
                path => path.EndsWith("OptGen.Generator.dll", StringComparison.Ordinal));
        }
    }

    /// <summary>The declarations of README: a model, optimizers, a rule and a layer of the user's own.</summary>
    private static string ReadmeDeclarations()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string[] blocks = [.. CodeBlock().Matches(readme).Select(match => match.Groups["code"].Value)];
        string[] declarations = [.. blocks.Where(code => code.Contains(" class ", StringComparison.Ordinal))];
        Assert.True(declarations.Length >= 4, "README has lost an example.");
        return string.Join('\n', ["using System;", "using OptGen;", "using static OptGen.Ops;", "namespace Gates;", .. declarations]);
    }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
