using System.Globalization;
using System.Text;
using OptGen.Generator.Tests.Library;

namespace OptGen.Generator.Tests.Docs;

/// <summary>The pages of docs/reference, made of the doc comments of the library and of what its examples give.</summary>
internal static class ReferencePages
{
    public const string Folder = "docs/reference";

    /// <summary>What a folder of the library holds: in the singular, in the plural, and what to say of all of them.</summary>
    private static readonly (string Folder, string One, string Many, string Introduction, bool IsProved)[] s_kinds =
    [
        ("Layers", "Layer", "Layers", "Attributes of partial methods of a model, or objects inside another layer. Your own derive from `Layer`.", true),
        ("Normalization", "Normalization", "Normalizations", "Layers that normalize data, and what weights of a layer pass through.", true),
        ("Activations", "Activation", "Activations", "Functions of one number, applied element by element. Any `[Elementwise]` method of your own is one.", true),
        ("Elementwise", "Function", "Functions", "Mathematical functions, applied element by element.", false),
        ("Reductions", "Reduction", "Reductions", "Functions that take several numbers to one.", false),
        ("Losses", "Loss", "Losses", "What a `[Loss]` method calls. Any composition of operations that gives one number is one.", true),
        ("Rules", "Update rule", "Update rules", "One of them stands on an optimizer class, unless it has an `[Update]` method of its own. [By the names of other libraries](../rules-by-name.md).", false),
        ("Transforms", "Transform", "Transforms", "They stand on an optimizer class, in the order in which they run.", false),
        ("Schedules", "Schedule", "Schedules", "They stand on an optimizer class and drive a hyperparameter from step to step; a `[Schedule]` method of the class is one too. Several of one hyperparameter relieve each other, each from its `From` on.", false),
        ("Initializers", "Initializer", "Initializers", "Members of `Init`, by which a layer's parameters get their first values.", false),
    ];

    /// <summary>The kinds in the order in which they are shown; those of folders that this list does not know come last.</summary>
    public static string[] Kinds => [.. LibraryDefinition.All.Select(definition => definition.Kind).Distinct()
        .OrderBy(kind => Array.FindIndex(s_kinds, known => known.Folder == kind) is >= 0 and int place ? place : int.MaxValue)
        .ThenBy(kind => kind, StringComparer.Ordinal)];

    public static string Many(string kind) => Describe(kind).Many;

    /// <summary>Every page and image by its path from the root of the repository.</summary>
    public static SortedDictionary<string, string> All()
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal) { [$"{Folder}/README.md"] = Index() };
        foreach (LibraryDefinition definition in LibraryDefinition.All)
        {
            LibraryResult? result = LibraryResults.Of(definition);
            files.Add(definition.Page, Page(definition, result));
            if (result is { Curves.Length: > 0 })
                files.Add(Image(definition), Plot.Draw(definition.Name, result.Curves));
        }

        return files;
    }

    /// <summary>The tables of README: layers, activations and losses with what proves each, and the names of every other kind, all with links to their pages.</summary>
    public static string Catalogue()
    {
        StringBuilder table = new("""
            What values and gradients are held against, in tests that run through this table: **PyTorch** (its results in double precision, to 1e-9 in `double` and 1e-4 in `float`), a **closed form** (plain loops
            after the paper, to 1e-12), **differences** (every derivative of parameters and inputs, to 1e-8; sizes around a vector's; one row, a part batch, a full batch), each at all vector widths.


            """.ReplaceLineEndings("\n"));
        foreach (string kind in Kinds.Where(kind => Describe(kind).IsProved))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {Many(kind).ToLowerInvariant()} | | proof |\n|---|---|---|\n");
            foreach (LibraryDefinition definition in Of(kind))
                table.Append(CultureInfo.InvariantCulture, $"| [{definition.Name}]({definition.Page}) | {definition.Doc.FirstSentence.TrimEnd(':')} | {string.Join(", ", Proofs.Of(definition))} |\n");
            table.Append('\n');
        }

        table.Append("| kind | definitions |\n|---|---|\n");
        foreach (string kind in Kinds.Where(kind => !Describe(kind).IsProved))
            table.Append(CultureInfo.InvariantCulture, $"| {Many(kind).ToLowerInvariant()} | {string.Join(", ", Of(kind).Select(definition => $"[{definition.Name}]({definition.Page})"))} |\n");
        return table.ToString().TrimEnd('\n');
    }

    private static IEnumerable<LibraryDefinition> Of(string kind) => LibraryDefinition.All.Where(definition => definition.Kind == kind).OrderBy(definition => definition.Name, StringComparer.Ordinal);

    private static (string Folder, string One, string Many, string Introduction, bool IsProved) Describe(string kind) =>
        Array.Find(s_kinds, known => known.Folder == kind) is { Folder: not null } found ? found : (kind, kind.EndsWith('s') ? kind[..^1] : kind, kind, "", false);

    private static string Image(LibraryDefinition definition) => System.IO.Path.ChangeExtension(definition.Page, ".svg");

    /// <summary>How a function stands in a model, where the doc comment has no example: the declaration of which the result is computed.</summary>
    private static string Usage(LibraryDefinition definition) => definition switch
    {
        { Doc.Example.Length: > 0 } => "",
        { Kind: "Activations" } => $"[Forward] private static Tensor Forward([Shape(64)] Tensor x) => {definition.Name}(Hidden(x));",
        { Kind: "Losses", Method: { } loss } when loss.Parameters.Where(parameter => !parameter.HasExplicitDefaultValue).Skip(1).ToArray() is { Length: > 0 } targets =>
            $"[Loss] private static Tensor Loss(Tensor y, {string.Join(", ", targets.Select(target => $"{(target.Type.Name == "Labels" ? "[Shape] Labels" : "[Shape(3)] Tensor")} {target.Name}"))}) => {definition.Name}(y, {string.Join(", ", targets.Select(target => target.Name))});",
        _ => "",
    };

    private static string Index()
    {
        StringBuilder text = new("# Reference\n\nOne page for each definition of the library. The pages are written by a test from the doc comments in `src/Runtime/Library`; their results are computed.\n");
        foreach (string kind in Kinds)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {Many(kind)}\n\n");
            if (Describe(kind).Introduction is { Length: > 0 } introduction)
                text.Append(introduction).Append("\n\n");
            text.Append("| | |\n|---|---|\n");
            foreach (LibraryDefinition definition in Of(kind))
                text.Append(CultureInfo.InvariantCulture, $"| [{definition.Name}]({definition.Page[(Folder.Length + 1)..]}) | {definition.Doc.FirstSentence} |\n");
        }

        return text.ToString();
    }

    private static string Page(LibraryDefinition definition, LibraryResult? result)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {definition.Name}\n\n*{Describe(definition.Kind).One}* · [definition](../../../{definition.Path}) · [all](../README.md)\n\n{definition.Doc.Summary}\n");
        if (definition.Doc.Equation.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n## Equation\n\n```text\n{definition.Doc.Equation}\n```\n");
        if (definition.Signatures.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n## Signature\n\n```csharp\n{string.Join('\n', definition.Signatures)}\n```\n");
        DefinitionArgument[] described = [.. definition.Arguments.Where(argument => definition.Signatures.Length == 0 || argument.Meaning.Length > 0)];
        if (described.Length > 0)
        {
            bool hasRanges = Array.Exists(described, argument => argument.Range.Length > 0);
            text.Append(CultureInfo.InvariantCulture, $"\n## Arguments\n\n| name | type | default | {(hasRanges ? "range | " : "")}|\n|---|---|---|---|{(hasRanges ? "---|" : "")}\n");
            foreach (DefinitionArgument argument in described)
                text.Append(CultureInfo.InvariantCulture, $"| `{argument.Name}` | `{argument.Type}` | {argument.Default ?? "required"} | {(hasRanges ? argument.Range + " | " : "")}{argument.Meaning} |\n");
        }

        string usage = Usage(definition);
        if (definition.Doc.Example.Length + usage.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n## Example\n\n{(definition.Doc.Example.Length > 0 ? definition.Doc.Example + "\n" : "")}{(usage.Length > 0 ? $"```csharp\n{usage}\n```\n" : "")}");
        if (result is not null)
        {
            text.Append("\n## Result\n\n");
            if (result.Caption.Length > 0)
                text.Append(result.Caption).Append('\n');
            if (result.Curves.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"{(result.Caption.Length > 0 ? "\n" : "")}![{definition.Name}]({definition.Name}.svg)\n");
            if (result.Table.Length > 0)
            {
                text.Append(result.Caption.Length > 0 || result.Curves.Length > 0 ? "\n" : "");
                for (int row = 0; row < result.Table.Length; row++)
                    text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", result.Table[row])} |\n{(row == 0 ? $"|{string.Concat(Enumerable.Repeat("---|", result.Table[0].Length))}\n" : "")}");
            }
        }

        if (definition.Doc.Remarks.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n## Reference\n\n{definition.Doc.Remarks}\n");
        return text.ToString();
    }
}
