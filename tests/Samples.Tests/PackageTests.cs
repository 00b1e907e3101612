using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;

namespace OptGen.Samples.Tests;

/// <summary>The package, packed and used from a bare project outside the repository.</summary>
public sealed partial class PackageTests : IDisposable
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

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("optgen-package-");

    [Fact]
    public void A_bare_project_with_the_package_alone_trains_and_compiles_what_README_declares()
    {
        string feed = Path.Combine(_folder.FullName, "feed");
        Run(Repository.Root, "pack", "src/Runtime", "--no-build", "-c", Configuration, "-o", feed);
        string package = Assert.Single(Directory.GetFiles(feed, "OptGen.*.nupkg"));
        using (ZipArchive archive = ZipFile.OpenRead(package))
        {
            string[] entries = [.. archive.Entries.Select(entry => entry.FullName)];
            Assert.Contains("lib/net10.0/OptGen.Runtime.dll", entries);
            Assert.Contains("lib/net10.0/OptGen.Runtime.xml", entries);
            Assert.Contains("analyzers/dotnet/cs/OptGen.Generator.dll", entries);
        }

        string project = _folder.CreateSubdirectory("project").FullName;
        File.WriteAllText(Path.Combine(project, "Xor.csproj"), Project);
        File.WriteAllText(Path.Combine(project, "Program.cs"), Program);
        File.WriteAllText(Path.Combine(project, "XorNet.cs"), Declaration);
        File.WriteAllText(Path.Combine(project, "Readme.cs"), ReadmeDeclarations());

        // Only the new package is offered, and the packages of the user stay as they are.
        File.WriteAllText(
            Path.Combine(project, "nuget.config"),
            $"""<configuration><packageSources><clear /><add key="feed" value="{feed}" /></packageSources></configuration>""");
        Assert.Equal("learned", Run(project, "run", "-c", "Release").Lines[^1]);
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

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The configuration that is under test: the package is made of what was built for it.</summary>
    private static string Configuration => typeof(PackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private Command Run(string folder, params string[] arguments)
    {
        Dictionary<string, string> environment = new()
        {
            ["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "packages"),
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
        };
        Command command = Command.Dotnet(folder, environment, arguments);
        Assert.True(command.ExitCode == 0, command.Output + command.Error);
        return command;
    }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
