namespace OptGen.Profile;

/// <summary>A type as the runtime prints it: <c>Namespace.Outer`1+Inner[argument,argument][]</c>.</summary>
internal sealed record TypeName(string Name, IReadOnlyList<TypeName> Arguments, int ArrayRank)
{
    public override string ToString() =>
        Name + (Arguments.Count > 0 ? $"[{string.Join(",", Arguments)}]" : "") + string.Concat(Enumerable.Repeat("[]", ArrayRank));
}

/// <summary>A method that the JIT compiled, without its parameters.</summary>
internal sealed record JittedMethod(TypeName Type, string Name, IReadOnlyList<TypeName> Arguments)
{
    private const string Mark = ": JIT compiled ";

    public override string ToString() => $"{Type}:{Name}<{string.Join(",", Arguments)}>";

    /// <summary>A line that the JIT printed; null for a method that it compiled again, to make it faster, and for stubs.</summary>
    public static JittedMethod? Printed(string line)
    {
        int start = line.IndexOf(Mark, StringComparison.Ordinal);
        bool isFirst = line.Contains("[Tier0", StringComparison.Ordinal) || line.Contains("[Tier-0", StringComparison.Ordinal) || line.Contains("[FullOpts", StringComparison.Ordinal);
        return start >= 0 && isFirst ? Parse(line[(start + Mark.Length)..]) : null;
    }

    /// <summary>A line of <see cref="CompilerRun"/>.</summary>
    public static JittedMethod? Loaded(string line) => Parse(line);

    private static JittedMethod? Parse(string text)
    {
        int at = 0;
        TypeName type = ParseType(text, ref at);
        if (at >= text.Length || text[at] != ':' || type.Name.Length == 0)
            return null;
        int start = ++at;
        while (at < text.Length && text[at] is not ('[' or '('))
            at++;
        string name = text[start..at];
        return new JittedMethod(type, name, at < text.Length && text[at] == '[' ? ParseArguments(text, ref at) : []);
    }

    private static TypeName ParseType(string text, ref int at)
    {
        int start = at, rank = 0;
        while (at < text.Length && text[at] is not ('[' or ']' or ',' or ':'))
            at++;
        string name = text[start..at];
        IReadOnlyList<TypeName> arguments = [];
        while (at + 1 < text.Length && text[at] == '[')
        {
            if (text[at + 1] == ']')
            {
                at += 2;
                rank++;
            }
            else
            {
                arguments = ParseArguments(text, ref at);
            }
        }

        return new TypeName(name, arguments, rank);
    }

    private static List<TypeName> ParseArguments(string text, ref int at)
    {
        List<TypeName> arguments = [];
        do
        {
            at++;
            arguments.Add(ParseType(text, ref at));
        }
        while (at < text.Length && text[at] == ',');
        at++;
        return arguments;
    }
}
