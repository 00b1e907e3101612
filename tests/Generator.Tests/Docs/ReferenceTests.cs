using System.Text.RegularExpressions;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Docs;

/// <summary>
/// docs/reference and the catalogue in README are made of the doc comments of the library. After a change there, run these tests with
/// <c>OPTGEN_UPDATE_DOCS=1</c> in the environment to write them anew.
/// </summary>
public sealed partial class ReferenceTests
{
    private static readonly bool s_update = Environment.GetEnvironmentVariable("OPTGEN_UPDATE_DOCS") == "1";

    // Kinds whose equation can't be seen in the doc comment's one line.
    private static readonly string[] s_withEquation = ["Layers", "Activations", "Losses", "Rules", "Transforms", "Schedules"];
    private static readonly string[] s_withExample = ["Layers", "Rules", "Transforms", "Schedules"];

    public static TheoryData<string, string> Definitions
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (LibraryDefinition definition in LibraryDefinition.All)
                rows.Add(definition.Kind, definition.Name);
            return rows;
        }
    }

    [Fact]
    public void The_pages_are_those_of_the_library()
    {
        SortedDictionary<string, string> pages = ReferencePages.All();
        string folder = Path.Combine(Repository.Root, ReferencePages.Folder);
        if (s_update)
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            foreach ((string path, string text) in pages)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Repository.Root, path))!);
                File.WriteAllText(Path.Combine(Repository.Root, path), text);
            }
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path).Replace(Path.DirectorySeparatorChar, '/'))];
        string[] wrong =
        [
            .. files.Except(pages.Keys).Select(path => $"{path} belongs to no definition"),
            .. pages.Keys.Except(files).Select(path => $"{path} is missing"),
            .. files.Intersect(pages.Keys).Where(path => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n") != pages[path]).Select(path => $"{path} is out of date"),
        ];
        Assert.True(wrong.Length == 0, $"Run this test with OPTGEN_UPDATE_DOCS=1: {string.Join("; ", wrong)}");
    }

    [Fact]
    public void The_catalogue_in_README_is_that_of_the_library()
    {
        string path = Path.Combine(Repository.Root, "README.md"), text = File.ReadAllText(path).ReplaceLineEndings("\n");
        string current = Catalogue().Replace(text, match => match.Groups["begin"].Value + "\n\n" + ReferencePages.Catalogue() + "\n\n" + match.Groups["end"].Value);
        Assert.Matches(Catalogue(), text);
        if (s_update)
            File.WriteAllText(path, current);
        else
            Assert.True(current == text, "README.md lists another library. Run this test with OPTGEN_UPDATE_DOCS=1.");
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void A_definition_says_what_it_is_what_it_takes_and_where_it_comes_from(string kind, string name)
    {
        LibraryDefinition definition = LibraryDefinition.All.Single(candidate => candidate.Kind == kind && candidate.Name == name);
        List<string> missing = [];
        if (definition.Doc.Summary.Length == 0)
            missing.Add("a <summary>");
        missing.AddRange(definition.Arguments
            .Where(argument => argument.Meaning.Length == 0 && (definition.Signatures.Length == 0 || (argument.Type != "Tensor" && kind != "Initializers")))
            .Select(argument => $"what '{argument.Name}' means"));
        if (s_withEquation.Contains(kind))
        {
            if (definition.Doc.Equation.Length == 0)
                missing.Add("its equation, a <code> in the <summary>");
            if (definition.Doc.Remarks.Length == 0)
                missing.Add("where it comes from, in <remarks>");
        }

        if (s_withExample.Contains(kind) && (definition.ExampleAttribute ?? definition.ExampleModel) is null)
            missing.Add("an <example> that begins with the attribute in <c>[…]</c>, or with a model Net in <code>");
        else if (s_withExample.Contains(kind) && LibraryResults.Of(definition) is null)
            missing.Add("an <example> whose result can be computed");
        Assert.True(missing.Count == 0, $"{definition.Path} lacks {string.Join(", ", missing)}.");
    }

    [GeneratedRegex("(?<begin><!-- the library -->).*?(?<end><!-- end of the library -->)", RegexOptions.Singleline)]
    private static partial Regex Catalogue();
}
