using System.Text.RegularExpressions;

namespace OptGen.Samples.Tests;

/// <summary>
/// README shows real code and real commands; these tests keep it so. An excerpt is marked by its file and the beginnings of its first and last line; with
/// OPTGEN_UPDATE_README=1 in the environment the excerpts are written anew.
/// </summary>
public partial class ReadmeTests
{
    private static readonly string ReadmePath = Path.Combine(Repository.Root, "README.md");
    private static readonly string Readme = File.ReadAllText(ReadmePath);

    [Theory]
    [InlineData("dotnet run -c Release --project samples/Digits")]
    [InlineData("dotnet run -c Release --project samples/CustomOptimizer")]
    [InlineData("bash samples/Mnist/get-data.sh")]
    [InlineData("dotnet run -c Release --project samples/Mnist")]
    [InlineData("dotnet run -c Release --project samples/CharLm")]
    [InlineData("dotnet test OptGen.sln -c Release")]
    public void The_commands_stand_in_it(string command) => Assert.Contains(command, Readme.Split('\n'));

    [Fact]
    public void Every_excerpt_is_the_text_of_its_file()
    {
        Assert.Contains(Excerpt().Matches(Readme), excerpt => excerpt.Groups["file"].Value.EndsWith(".g.cs", StringComparison.Ordinal));
        string current = Excerpt().Replace(Readme, excerpt => $"{excerpt.Groups["marker"].Value}\n\n```csharp\n{Cut(excerpt)}\n```");
        if (Environment.GetEnvironmentVariable("OPTGEN_UPDATE_README") == "1")
            File.WriteAllText(ReadmePath, current);
        else
            Assert.True(current == Readme, "README.md shows code that is no longer so. Run this test with OPTGEN_UPDATE_README=1 to bring it up to date.");
    }

    [Fact]
    public void Every_project_and_page_it_names_exists()
    {
        string[] paths = [.. RepositoryPath().Matches(Readme).Select(match => match.Groups["path"].Value)];

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    /// <summary>From the first line that begins as said (behind the line that contains the anchor, if there is one) to the next such end of the same indentation.</summary>
    private static string Cut(Match excerpt)
    {
        string[] lines = File.ReadAllText(Find(excerpt.Groups["file"].Value)).ReplaceLineEndings("\n").Split('\n');
        int anchor = IndexOf(lines, 0, line => line.Contains(excerpt.Groups["anchor"].Value, StringComparison.Ordinal));
        int first = IndexOf(lines, anchor, line => line.TrimStart().StartsWith(excerpt.Groups["from"].Value, StringComparison.Ordinal));
        string indentation = lines[first][..^lines[first].TrimStart().Length];
        int last = IndexOf(lines, first, line => line.StartsWith(indentation + excerpt.Groups["to"].Value, StringComparison.Ordinal));
        return string.Join('\n', lines[first..(last + 1)].Select(line => line.Length > indentation.Length ? line[indentation.Length..] : ""));
    }

    private static int IndexOf(string[] lines, int start, Predicate<string> condition)
    {
        int index = Array.FindIndex(lines, start, condition);
        Assert.True(index >= 0, "README.md marks an excerpt whose first or last line is no longer in its file.");
        return index;
    }

    /// <summary>A file of the sample by its name: generated files lie below folders named after the generator.</summary>
    private static string Find(string name) => Assert.Single(
        Directory.GetFiles(Path.Combine(Repository.Root, "samples", "Digits"), name, SearchOption.AllDirectories),
        path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex(
        """(?<marker><!-- excerpt of (?<file>\S+)(?: after "(?<anchor>[^"]*)")? from "(?<from>[^"]*)" to "(?<to>[^"]*)" -->)\n+```csharp\n.*?```""",
        RegexOptions.Singleline)]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"(?:--project |\]\()(?<path>(?:samples|bench|docs|src)[\w./-]*|[A-Z]+(?:\.md)?)(?=[\s)])")]
    private static partial Regex RepositoryPath();
}
