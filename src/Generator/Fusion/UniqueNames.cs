using System.Globalization;
using System.Text;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>Valid, distinct C# identifiers from the names of a graph.</summary>
internal sealed class UniqueNames(bool pascal)
{
    private static readonly string[] s_rowLocals = ["tiles", "tile", "row", "endRow", "rowBegin", "randomKey"];

    // Names that emitted code uses itself, and keywords that a user's names may turn into.
    private static readonly HashSet<string> s_reserved =
    [
        "i", "j", "k", "l", "n", "p", "a", "b", "V", "from", "to", "rows", "lanes", "panel", "block", "first", "last", "begin", "end", "sums",
        "packed", "sumsOfRow", "call", "step", "firstRow", "rowCount", "firstColumn", "columnCount", "uniforms", .. s_rowLocals,
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate", "do",
        "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int",
        "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected",
        "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true",
        "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        "Run", "RunAll", "Execute", "Bind", "Uniforms", "Loss",
    ];

    // A kernel is a method beside the code that names these types.
    private static readonly HashSet<string> s_types = [.. EmittedTypes.All.Select(type => type.Name)];

    private static readonly string[] s_beginnings = ["Stage", "Output"];
    private static readonly string[] s_numbered = ["Sum", "Max"];
    private static readonly string[] s_ends = ["Offsets", "Program", "Finish", "FinishRest"];

    private readonly HashSet<string> _taken = [];

    /// <summary>The name with a capital first letter.</summary>
    public static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>Whether the loops over rows have a variable of that name.</summary>
    public static bool IsLocal(string name) => Array.IndexOf(s_rowLocals, name) >= 0;

    public string Of(string name)
    {
        string text = Identifier(name);
        if (s_reserved.Contains(text) || s_types.Contains(text) || IsComposed(text))
            text += pascal ? "Kernel" : "Tensor";
        string unique = text;
        for (int i = 2; !_taken.Add(unique); i++)
            unique = text + i.ToString(CultureInfo.InvariantCulture);
        return unique;
    }

    /// <summary>Whether emitted code numbers or composes such names of members and locals itself.</summary>
    private static bool IsComposed(string text)
    {
        string bare = text[0] != 'y' && text.EndsWith("n", StringComparison.Ordinal) ? text.Substring(0, text.Length - 1) : text;
        return (bare.Length > 1 && bare[0] is 'a' or 'b' or 'c' or 'y' && bare.Skip(1).All(char.IsDigit))
            || Array.Exists(s_beginnings, beginning => text.StartsWith(beginning, StringComparison.Ordinal))
            || Array.Exists(s_ends, end => text.EndsWith(end, StringComparison.Ordinal))
            || Array.Exists(s_numbered, name => text.Length > name.Length && text.StartsWith(name, StringComparison.Ordinal) && text.Skip(name.Length).All(char.IsDigit))
            || IsTile(text);
    }

    /// <summary>Whether a name ends as in <c>Tile8x2</c>.</summary>
    private static bool IsTile(string text)
    {
        int end = text.Length - 3;
        if (end < 0 || !char.IsDigit(text[end + 2]) || text[end + 1] != 'x' || !char.IsDigit(text[end]))
            return false;
        while (end >= 0 && char.IsDigit(text[end]))
            end--;
        return text.Substring(0, end + 1).EndsWith("Tile", StringComparison.Ordinal);
    }

    private string Identifier(string name)
    {
        StringBuilder text = new();
        bool upper = pascal;
        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                upper = text.Length > 0 || pascal;
                continue;
            }

            text.Append(text.Length == 0 ? (pascal ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)) : upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        if (text.Length == 0 || char.IsDigit(text[0]))
            text.Insert(0, pascal ? "T" : "t");
        return text.ToString();
    }
}
