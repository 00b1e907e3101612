namespace OptGen.Generator.Tests.Harness;

/// <summary>The folders that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Generator => Path.Combine(Root, "src", "Generator");

    public static string Tests => Path.Combine(Root, "tests", "Generator.Tests");

    /// <summary>Hand-written C# files below a folder.</summary>
    public static IEnumerable<string> SourcesUnder(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
        .Order(StringComparer.Ordinal);

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OptGen.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie below the solution.");
    }
}
