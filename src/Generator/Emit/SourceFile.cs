using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>A file that is added to the user's project.</summary>
/// <param name="Class">The class that it is a part of, with namespace and containing types.</param>
/// <param name="Kind">What it holds, such as <c>Forward</c>.</param>
internal sealed record SourceFile(string Class, string Kind, string Text)
{
    /// <summary>Its name in the project, such as <c>Digits.DigitNet.Forward.g.cs</c>.</summary>
    public string HintName => $"{Class}.{Kind}.g.cs";

    /// <summary>Its name in a project where some classes have names that differ in case alone; names of files must not.</summary>
    public string HintNameAmong(NamesAlike alike) =>
        alike.Names.Contains(Class) ? $"{Class}-{alike.Names.Items.IndexOf(Class).ToString(System.Globalization.CultureInfo.InvariantCulture)}.{Kind}.g.cs" : HintName;

    /// <summary>The class's name as part of a file's: without the mark of an escaped keyword.</summary>
    public static string NameOf(ClassSpec owner) => owner.HintName.Replace("@", "");
}

/// <summary>Classes of a project that get files.</summary>
internal sealed record ClassList(EquatableArray<ClassSpec> Classes)
{
    public IEnumerable<ClassSpec> Concat(ClassList others) => Classes.Concat(others.Classes);
}

/// <summary>The names of classes that have a twin in other case, in a fixed order.</summary>
internal sealed record NamesAlike(EquatableArray<string> Names)
{
    public static NamesAlike Among(IEnumerable<ClassSpec> classes) => new(classes
        .Select(owner => SourceFile.NameOf(owner))
        .Distinct()
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1)
        .SelectMany(group => group)
        .OrderBy(name => name, StringComparer.Ordinal)
        .ToEquatableArray());
}
