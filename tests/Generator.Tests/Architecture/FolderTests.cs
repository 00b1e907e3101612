using System.Text.RegularExpressions;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Architecture;

/// <summary>The folders of the generator depend on each other in one direction, and only the front end sees Roslyn.</summary>
public partial class FolderTests
{
    /// <summary>In the order of docs/architecture.md: a folder uses itself and folders above it.</summary>
    private static readonly string[] s_order =
        ["Specs", "Scalar", "Graph", "Diagnostics", "Frontend", "Autodiff", "Lowering", "Fusion", "Planning", "Backends", "Emit"];

    // The three contracts refer to each other: a spec holds a graph, whose maps hold scalar functions, whose nodes lie in an equatable array.
    private static readonly string[] s_representations = ["Specs", "Scalar", "Graph"];

    [Fact]
    public void Every_folder_has_its_place_in_the_order() =>
        Assert.Equal(s_order.Order(StringComparer.Ordinal), Sources().Select(FolderOf).Where(folder => folder.Length > 0).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void A_folder_uses_only_folders_above_it()
    {
        string[] wrong = [.. Sources().Where(path => FolderOf(path).Length > 0).SelectMany(path =>
        {
            int own = Array.IndexOf(s_order, FolderOf(path));
            return Usings().Matches(File.ReadAllText(path))
                .Select(match => match.Groups[1].Value)
                .Where(used => Array.IndexOf(s_order, used) > own && !(s_representations.Contains(used) && s_representations.Contains(FolderOf(path))))
                .Select(used => $"{Path.GetRelativePath(Repository.Generator, path)} uses {used}");
        })];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Only_the_front_end_the_diagnostics_and_the_entry_point_name_Roslyn()
    {
        string[] wrong = [.. Sources()
            .Where(path => FolderOf(path) is not ("Frontend" or "Diagnostics" or ""))
            .Where(path => File.ReadAllText(path).Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Repository.Generator, path))];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Only_the_front_end_and_the_entry_point_name_symbols_operations_and_syntax()
    {
        string[] wrong = [.. Sources()
            .Where(path => FolderOf(path) is not ("Frontend" or ""))
            .Where(path => RoslynTypes().IsMatch(File.ReadAllText(path)))
            .Select(path => Path.GetRelativePath(Repository.Generator, path))];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void No_file_is_longer_than_a_person_reads_in_one_sitting()
    {
        string[] folders = [Repository.Generator, Path.Combine(Repository.Root, "src", "Runtime"), Repository.Tests];
        string[] wrong = [.. folders.SelectMany(Repository.SourcesUnder).Where(path => File.ReadLines(path).Count() > 450).Select(path => Path.GetRelativePath(Repository.Root, path))];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void No_type_is_called_a_helper_a_manager_or_utilities()
    {
        string[] wrong = [.. typeof(OptGenGenerator).Assembly.GetTypes().Concat(typeof(Tensor).Assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("OptGen", StringComparison.Ordinal) == true && VagueNames().IsMatch(type.Name))
            .Select(type => type.FullName!)];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    private static IEnumerable<string> Sources() => Repository.SourcesUnder(Repository.Generator);

    /// <summary>The first folder below the generator's; empty for the entry point's files.</summary>
    private static string FolderOf(string path)
    {
        string[] parts = Path.GetRelativePath(Repository.Generator, path).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : "";
    }

    [GeneratedRegex(@"^using (?:static )?OptGen\.Generator\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Usings();

    [GeneratedRegex(@"\b(I\w*Symbol|I\w*Operation|SemanticModel|Compilation|Syntax(Node|Tree|Token|Trivia)|\w+Syntax)\b")]
    private static partial Regex RoslynTypes();

    [GeneratedRegex("(Helper|Manager|Util|Utils|Utilities)s?$")]
    private static partial Regex VagueNames();
}
