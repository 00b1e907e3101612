using System.Reflection;

namespace OptGen.Samples.Tests;

/// <summary>
/// The package, packed once for all tests that use it from projects outside the repository, with the precompiled generator for this platform alone.
/// </summary>
public sealed class PackageFeed : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("optgen-package-");

    public PackageFeed()
    {
        string feed = Path.Combine(_folder.FullName, "feed");
        Command pack = Command.Dotnet(Repository.Root, s_environment, "pack", "src/Runtime", "--no-build", "-c", Configuration, "-o", feed, $"-p:GeneratorPlatforms={Platform}");
        Assert.True(pack.ExitCode == 0, pack.Output + pack.Error);
        Package = Assert.Single(Directory.GetFiles(feed, "OptGen.*.nupkg"));
    }

    private static readonly Dictionary<string, string> s_environment = new()
    {
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    public string Package { get; }

    /// <summary>What the SDK of these tests calls its platform.</summary>
    public static string Platform { get; } = Sdk("NETCoreSdkPortableRuntimeIdentifier");

    /// <summary>A project in a folder of its own that uses the package and nothing else.</summary>
    public string Project(string name, string project, params (string Name, string Text)[] files)
    {
        string folder = _folder.CreateSubdirectory(name).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), project);
        foreach ((string file, string text) in files)
            File.WriteAllText(Path.Combine(folder, file), text);

        // Only the new package is offered.
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"""<configuration><packageSources><clear /><add key="feed" value="{Path.GetDirectoryName(Package)}" /></packageSources></configuration>""");
        return folder;
    }

    /// <summary>Runs a command in a project, whose packages are kept apart from those of the user.</summary>
    internal Command Run(string folder, params string[] arguments) => Run(folder, new Dictionary<string, string>(), arguments);

    internal Command Run(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        Dictionary<string, string> all = new(s_environment) { ["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "packages") };
        foreach ((string name, string value) in environment)
            all[name] = value;
        Command command = Command.Dotnet(folder, all, arguments);
        Assert.True(command.ExitCode == 0, command.Output + command.Error);
        return command;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The configuration that is under test: the package is made of what was built for it.</summary>
    private static string Configuration => typeof(PackageFeed).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static string Sdk(string property)
    {
        Command command = Command.Dotnet(Repository.Root, s_environment, "msbuild", "src/Runtime", $"-getProperty:{property}");
        Assert.True(command.ExitCode == 0, command.Output + command.Error);
        return command.Output.Trim();
    }
}

/// <summary>Tests that share the package.</summary>
[CollectionDefinition(Name)]
public sealed class PackageCollection : ICollectionFixture<PackageFeed>
{
    public const string Name = "Package";
}
