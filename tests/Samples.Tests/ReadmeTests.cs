using System.Text.RegularExpressions;

namespace OptGen.Samples.Tests;

/// <summary>README shows real code and real commands; these tests keep it so.</summary>
public partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Theory]
    [InlineData("dotnet run -c Release --project samples/Digits")]
    [InlineData("dotnet test OptGen.sln -c Release")]
    public void The_two_commands_stand_in_it(string command) => Assert.Contains(command, Readme.Split('\n'));

    [Fact]
    public void Every_excerpt_is_the_text_of_its_file()
    {
        Match[] excerpts = Excerpt().Matches(Readme).ToArray();

        Assert.Contains(excerpts, excerpt => excerpt.Groups["file"].Value.EndsWith(".g.cs", StringComparison.Ordinal));
        foreach (Match excerpt in excerpts)
            Assert.Contains(Text(excerpt.Groups["code"].Value), Text(File.ReadAllText(Find(excerpt.Groups["file"].Value))), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_project_and_page_it_names_exists()
    {
        string[] paths = [.. RepositoryPath().Matches(Readme).Select(match => match.Groups["path"].Value)];

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    /// <summary>The lines without their indentation, which an excerpt does not share with its file.</summary>
    private static string Text(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    /// <summary>A file of the sample by its name: generated files lie below folders named after the generator.</summary>
    private static string Find(string name) =>
        Assert.Single(Directory.GetFiles(Path.Combine(Repository.Root, "samples", "Digits"), name, SearchOption.AllDirectories), IsNoBuildProduct);

    private static bool IsNoBuildProduct(string path) =>
        !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    [GeneratedRegex(@"<!-- excerpt of (?<file>\S+) -->\n+```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"(?:--project |\]\()(?<path>(?:samples|bench|docs|src)[\w./-]*|[A-Z]+(?:\.md)?)(?=[\s)])")]
    private static partial Regex RepositoryPath();
}
