using Spectre.Console;

namespace CustomOptimizer;

/// <summary>The summary in the terminal.</summary>
internal static class Report
{
    private static readonly (string Name, Func<Score, string> Value)[] s_rows =
    [
        ("Best learning rate", Figures.Rate),
        ("Steps until f stays below 1e-6", Figures.Steps),
        ("f after the last step", score => Figures.Value(score.Best.Losses[^1])),
        ("Random starts solved", score => Figures.Share(score.Solved)),
        ("Nanoseconds per parameter", Figures.Nanoseconds),
    ];

    /// <summary>One line for each figure, for files and other programs.</summary>
    public static void Plain(TextWriter output, Score[] scores, FileInfo page)
    {
        foreach ((string name, Func<Score, string> value) in s_rows)
            output.WriteLine($"{name}: {string.Join(", ", scores.Select(score => $"{score.Name} {value(score)}"))}");
        output.WriteLine($"Page: {page.FullName}");
        output.WriteLine($"Generated code: {GeneratedCode.File}");
    }

    public static void Table(IAnsiConsole console, Score[] scores, FileInfo page)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title("[bold]OptGen[/] · an invented rule on Rosenbrock's valley").AddColumn("");
        foreach (Score score in scores)
            table.AddColumn(new TableColumn($"[bold {(score.Name == "Trend" ? "orange1" : "deepskyblue1")}]{score.Name}[/]").RightAligned());
        foreach ((string name, Func<Score, string> value) in s_rows)
            table.AddRow([new Text(name), .. scores.Select(score => new Text(value(score)))]);
        console.Write(table);
        console.MarkupLineInterpolated($"[grey]Page[/]            {page.FullName}");
        console.MarkupLineInterpolated($"[grey]Generated code[/]  {GeneratedCode.File}");
    }
}
