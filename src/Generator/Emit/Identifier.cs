using OptGen.Generator.Fusion;

namespace OptGen.Generator.Emit;

/// <summary>Names of emitted variables and members, made from the user's.</summary>
internal static class Identifier
{
    private static readonly HashSet<string> s_keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate",
        "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in",
        "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private",
        "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this",
        "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    /// <summary><c>Hidden</c> for <c>hidden</c>; the name by which back ends call what belongs to a tensor.</summary>
    public static string Pascal(string name) => UniqueNames.Pascal(name);

    /// <summary><c>hidden</c> for <c>Hidden</c>, escaped where it is a keyword.</summary>
    public static string Camel(string name)
    {
        string bare = name.TrimStart('@');
        return Escape(char.ToLowerInvariant(bare[0]) + bare.Substring(1));
    }

    /// <summary><c>_hidden</c> for <c>Hidden</c>.</summary>
    public static string Field(string name) => "_" + Camel(name).TrimStart('@');

    public static string Escape(string name) => s_keywords.Contains(name) ? "@" + name : name;
}
