namespace CustomOptimizer;

/// <summary>Finds what the generator made of the rule: the build leaves it beside the sources.</summary>
internal static class GeneratedCode
{
    private const string Folder = "samples/CustomOptimizer/Generated";

    /// <summary>The emitted file, from the root of the repository; null when the program runs elsewhere.</summary>
    public static string? File { get; } = Find();

    /// <summary>The loop that updates all parameters, a vector at a time; empty when the file is not there.</summary>
    public static string Loop()
    {
        if (File is null)
            return "";
        string[] lines = System.IO.File.ReadAllLines(Path.Combine(Root(), File));
        int first = Array.FindIndex(lines, line =>
            line.TrimStart().StartsWith("for (", StringComparison.Ordinal) && line.Contains("V.Count", StringComparison.Ordinal));
        if (first < 0)
            return "";
        int indentation = lines[first].Length - lines[first].TrimStart().Length;
        int last = Array.FindIndex(lines, first, line => line == new string(' ', indentation) + "}");
        return string.Join('\n', lines[first..(last + 1)].Select(line => line.Length > indentation ? line[indentation..] : ""));
    }

    private static string? Find()
    {
        string folder = Path.Combine(Root(), Folder);
        string? path = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.Trend.Step.g.cs", SearchOption.AllDirectories).FirstOrDefault() : null;
        return path is null ? null : Path.GetRelativePath(Root(), path).Replace(Path.DirectorySeparatorChar, '/');
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, Folder)))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
