using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OptGen.Generator.Fusion;

/// <summary>Valid, distinct C# identifiers from the names of a graph.</summary>
internal sealed class UniqueNames(bool pascal)
{
    // Names that emitted code uses itself, and keywords that a user's names may turn into.
    private static readonly HashSet<string> s_reserved =
    [
        "i", "j", "k", "l", "n", "p", "a", "b", "V", "from", "to", "rows", "lanes", "panel", "block", "first", "last", "sums",
        "packed", "sumsOfRow", "call", "step", "firstRow", "rowCount", "firstColumn", "columnCount", "uniforms",
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate", "do",
        "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int",
        "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected",
        "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true",
        "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        "Run", "RunAll", "Execute", "Bind", "Uniforms", "Loss",
    ];

    // Members and locals that emitted code numbers or composes itself.
    private static readonly Regex s_composed = new(@"^([abc]\d+n?|y\d+|Stage.*|.*Offsets|Output.*|.*Program|.*Finish|.*FinishRest|.*Tile\d+x\d)$", RegexOptions.CultureInvariant);

    private readonly HashSet<string> _taken = [];

    /// <summary>The name with a capital first letter.</summary>
    public static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name.Substring(1);

    public string Of(string name)
    {
        string text = Identifier(name);
        if (s_reserved.Contains(text) || s_composed.IsMatch(text))
            text += pascal ? "Kernel" : "Tensor";
        string unique = text;
        for (int i = 2; !_taken.Add(unique); i++)
            unique = text + i.ToString(CultureInfo.InvariantCulture);
        return unique;
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
