using System.Text;
using System.Text.RegularExpressions;

namespace OptGen.Generator.Specs;

/// <summary>A type of the framework or the runtime that emitted code names, or a namespace with which a name in it begins.</summary>
/// <param name="Namespace">Where it is; empty for what is in none.</param>
/// <param name="Name">Its name without namespace.</param>
/// <param name="Arity">Number of its type parameters.</param>
internal sealed record EmittedType(string Namespace, string Name, int Arity = 0)
{
    /// <summary>Its name among others: with the number of type parameters where it has some.</summary>
    public string Key => Arity == 0 ? Name : Name + "`" + Arity.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public string FullName => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";
}

/// <summary>
/// All types that emitted code names. It finds them by <c>using</c> directives, which is how a person would write it; where a class or namespace of the user's has
/// such a name and is nearer, emitted code gives the whole name instead.
/// </summary>
internal static class EmittedTypes
{
    public static IReadOnlyList<EmittedType> All { get; } =
    [
        .. Of("", "System", "OptGen"),
        .. Of("System", "ArgumentException", "ArgumentNullException", "ArgumentOutOfRangeException", "Array", "BitConverter", "Convert", "Exception", "GC", "InvalidOperationException", "IntPtr", "Math", "MathF"),
        .. Generic("System", "Action", "Func", "Memory", "ReadOnlyMemory", "ReadOnlySpan", "Span"),
        .. Of("System.CodeDom.Compiler", "GeneratedCode"),
        .. Of("System.Runtime.CompilerServices", "MethodImpl", "MethodImplOptions", "SkipLocalsInit", "Unsafe"),
        .. Of("System.Runtime.InteropServices", "MemoryMarshal"),
        .. Of("OptGen", "BFloat16", "Blockwise8", "Initializers", "InputCheck", "LayerStatistics", "MatrixShape", "OptGenRuntime", "Pairs", "ParameterInfo", "ParameterKind", "Philox"),
        .. Generic("OptGen", "ParameterView"),
        .. Of(
            "OptGen.Kernels", "BlockLayout", "IParallelProgram", "LastPower", "MatrixProduct", "MatrixTile", "Memory", "Orthogonalization", "Partials", "Partition", "Pinned", "PinnedTensors", "RoundingKey", "RowTiles", "Scratch",
            "Segment", "StepPower", "StepRandom", "TensorRandom", "Window", "WorkerTeam"),
        .. Generic("OptGen.Kernels", "AlignedBuffer", "PairedState"),
        .. Of("OptGen.Simd", "Double128", "Double256", "Double512", "Double64", "Float128", "Float256", "Float32", "Float512"),
        .. Generic("OptGen.Simd", "IFloatSimd"),
        .. Generic2("OptGen.Simd", "ISimd"),
    ];

    /// <summary>The text of a file in which types of those keys are called by their whole names.</summary>
    public static string Qualify(string text, EquatableArray<string> hidden)
    {
        if (hidden.Count == 0)
            return text;
        (Regex Pattern, string Full)[] names = [.. All.Where(type => hidden.Contains(type.Key)).Select(type => (Pattern(type), "global::" + type.FullName))];
        StringBuilder result = new();
        foreach (string line in text.Split('\n'))
        {
            // Neither comments, but for their references, nor texts name types, and a directive names a namespace.
            bool isComment = line.TrimStart().StartsWith("//", StringComparison.Ordinal), isDirective = line.StartsWith("using ", StringComparison.Ordinal);
            string[] parts = line.Split('"');
            for (int i = 0; i < parts.Length && !isDirective; i++)
            {
                if (isComment ? i > 0 && parts[i - 1].EndsWith("cref=", StringComparison.Ordinal) : i % 2 == 0)
                    parts[i] = names.Aggregate(parts[i], (part, name) => name.Pattern.Replace(part, name.Full));
            }

            result.Append(string.Join("\"", parts)).Append('\n');
        }

        return result.ToString(0, result.Length - 1);
    }

    /// <summary>
    /// The name where it stands for a type: not after a dot, and before a member, a variable, type arguments or what ends a type; before a parenthesis or the end of a
    /// line only where it can't be a constructor or the class itself.
    /// </summary>
    private static Regex Pattern(EmittedType type)
    {
        string name = $@"(?<![\w.@:]){type.Name}";
        return new Regex(
            type.Arity > 0 ? $"{name}(?=<)" : $@"{name}(?=\.|\?|\[\]|\]|>|\s+[a-z_@])|(?<=new |\[){type.Name}(?=\()|(?<=: ){type.Name}$",
            RegexOptions.CultureInvariant);
    }

    private static IEnumerable<EmittedType> Of(string space, params string[] names) => names.Select(name => new EmittedType(space, name));

    private static IEnumerable<EmittedType> Generic(string space, params string[] names) => names.Select(name => new EmittedType(space, name, 1));

    private static IEnumerable<EmittedType> Generic2(string space, params string[] names) => names.Select(name => new EmittedType(space, name, 2));
}
