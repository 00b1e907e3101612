using System.Globalization;
using System.Text.RegularExpressions;

namespace OptGen.Samples.Tests;

/// <summary>The sample of an invented rule, run as a user runs it.</summary>
public sealed partial class CustomOptimizerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("optgen-custom-");

    [Fact]
    public void It_writes_one_page_that_needs_nothing_else_and_says_what_it_found()
    {
        string page = Path.Combine(_folder.FullName, "deep", "page.html");
        Command run = Run("--output", page);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Contains($"Page: {page}", run.Lines);
        Match found = Assert.Single(run.Lines.Select(line => Steps().Match(line)), match => match.Success);
        Assert.InRange(int.Parse(found.Groups["trend"].Value, CultureInfo.InvariantCulture), 1, 500);

        string html = File.ReadAllText(page);
        Assert.DoesNotMatch(Reference(), html);
        Assert.Equal(2, Regex.Count(html, "<polyline pathLength"));
        Assert.Contains("data:image/png;base64,", html, StringComparison.Ordinal);
        Assert.Contains("V.FusedMultiplyAdd", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public void It_names_where_the_generated_code_is()
    {
        string line = Assert.Single(Run("--steps", "10", "--output", Path.Combine(_folder.FullName, "page.html")).Lines, line => line.StartsWith("Generated code: ", StringComparison.Ordinal));

        Assert.Contains("partial class Trend", File.ReadAllText(Path.Combine(Repository.Root, line["Generated code: ".Length..])), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_the_options()
    {
        Command run = Run("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--output", run.Output, StringComparison.Ordinal);
        Assert.Contains("--steps", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9")]
    [InlineData("many")]
    public void A_wrong_number_of_steps_is_named_and_fails(string steps)
    {
        Command run = Run("--steps", steps);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"--steps takes a whole number from 10 to 100000, not \"{steps}\".", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Command Run(params string[] arguments) =>
        Command.Dotnet(AppContext.BaseDirectory, new Dictionary<string, string>(), [Path.Combine(AppContext.BaseDirectory, "CustomOptimizer.dll"), .. arguments]);

    [GeneratedRegex(@"^Steps until f stays below 1e-6: Trend (?<trend>\d+), AdamW")]
    private static partial Regex Steps();

    /// <summary>Anything that a browser would fetch.</summary>
    [GeneratedRegex(@"(?:src|href)=""(?!data:)|url\(|@import|<script|https?://")]
    private static partial Regex Reference();
}
