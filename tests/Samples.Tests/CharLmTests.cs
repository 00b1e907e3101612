using System.Globalization;

namespace OptGen.Samples.Tests;

/// <summary>The language model sample, run as a user runs it.</summary>
public class CharLmTests
{
    private static readonly Lazy<Command> s_shortRun = new(() => Run("--steps", "120", "--length", "300"));

    [Fact]
    public void A_short_run_learns_more_than_the_frequencies_of_characters()
    {
        Command run = s_shortRun.Value;

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        double unigram = BitsOf(run, "Unigram entropy"), heldOut = BitsOf(run, "Loss on held-out pages");
        Assert.InRange(unigram, 4, 7);
        Assert.True(heldOut < unigram - 0.75, $"{heldOut} bits per character, where the frequencies of characters alone give {unigram}.");
        Assert.Contains("Bytes allocated per step: 0", run.Lines);
    }

    [Fact]
    public void What_it_writes_consists_of_the_characters_of_the_documentation()
    {
        string text = s_shortRun.Value.Output[s_shortRun.Value.Output.IndexOf("# ", StringComparison.Ordinal)..];

        // The first two characters were given, and the line ends behind the last.
        Assert.Equal(2 + 300 + 1, text.Length);
        string[] pages = [Path.Combine(Repository.Root, "README.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)];
        HashSet<char> known = [.. pages.SelectMany(File.ReadAllText)];
        Assert.All(text, character => Assert.Contains(character, known));
        Assert.True(text.Distinct().Count() > 15, text);
    }

    [Fact]
    public void The_same_seed_writes_the_same()
    {
        string[] first = Story("--steps", "10", "--length", "50", "--seed", "1");

        Assert.Equal(first, Story("--steps", "10", "--length", "50", "--seed", "1"));
        Assert.NotEqual(first, Story("--steps", "10", "--length", "50", "--seed", "2"));
    }

    [Fact]
    public void It_names_where_the_generated_code_is()
    {
        string folder = Path.Combine(Repository.Root, ValueOf(s_shortRun.Value, "Generated code"));

        Assert.NotEmpty(Directory.GetFiles(folder, "*CharNet.*.g.cs", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_wrong_number_of_steps_is_named_and_fails()
    {
        Command run = Run("--steps", "9");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--steps takes a whole number from 10 to 1000000, not \"9\".", run.Error, StringComparison.Ordinal);
    }

    private static Command Run(params string[] arguments) => Command.Dotnet(
        AppContext.BaseDirectory, new Dictionary<string, string>(), [Path.Combine(AppContext.BaseDirectory, "CharLm.dll"), .. arguments]);

    /// <summary>What does not depend on the clock: from the entropy of the text on, without the time of a step.</summary>
    private static string[] Story(params string[] arguments) =>
        [.. Run(arguments).Lines.SkipWhile(line => !line.StartsWith("Unigram", StringComparison.Ordinal)).Where(line => !line.StartsWith("Milliseconds", StringComparison.Ordinal))];

    private static string ValueOf(Command run, string name) =>
        Assert.Single(run.Lines, line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    private static double BitsOf(Command run, string name) =>
        double.Parse(ValueOf(run, name).Replace(" bits per character", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
