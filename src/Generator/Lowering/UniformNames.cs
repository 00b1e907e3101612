using System.Globalization;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>Names for uniforms that say what they hold, such as <c>oneMinusBeta1</c>; <c>u3</c> where that would be a sentence.</summary>
internal static class UniformNames
{
    private const int LongestName = 40;

    public static string[] Of(ScalarFunction host, int count, string[] inputs)
    {
        HashSet<string> taken = [];
        string[] names = new string[count];
        for (int k = 0; k < names.Length; k++)
        {
            string? name = Describe(host, host.Outputs[k], inputs);
            if (name is null || name.Length > LongestName || !taken.Add(name))
            {
                name = Free("u" + k, taken);
                taken.Add(name);
            }

            names[k] = name;
        }

        return names;
    }

    /// <summary>
    /// A name for what varies from row to row or from column to column: that of a state or a sum as it is, <c>oldRow</c> for a state that the pass overwrites, <c>perRow</c> for what has no name.
    /// It looks like none of the uniforms, whose numbers comments in emitted code replace by names.
    /// </summary>
    /// <param name="taken">Names that others have.</param>
    public static string OfLines(string name, Extent over, bool isInput, bool isOverwritten, IReadOnlyCollection<string> taken)
    {
        bool isUnnamed = name.Length > 1 && name[0] == 'u' && name.Skip(1).All(c => char.IsDigit(c) || c == '_');
        string text = isUnnamed ? "per" + over
            : isOverwritten ? "old" + Capital(name)
            : !isInput ? name + "Of" + over

            // There is a loop over rows, or columns.
            : name is "row" or "column" ? name + "State"
            : name;
        string unique = text;
        for (int i = 2; taken.Contains(unique) && unique != name; i++)
            unique = text + i.ToString(CultureInfo.InvariantCulture);
        return unique;
    }

    /// <summary>The name of an input that the host hands on without letting it be subnormal.</summary>
    public static string OfNormal(string name, IReadOnlyCollection<string> taken) => Free("normal" + Capital(name), taken);

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>A name, or one like it that is not taken.</summary>
    public static string Free(string name, IEnumerable<string> taken)
    {
        while (taken.Contains(name))
            name += "_";
        return name;
    }

    private static string? Describe(ScalarFunction host, int value, string[] inputs)
    {
        ScalarNode node = host.Nodes[value];
        string? Operand(int operand) => Describe(host, operand, inputs);
        bool IsOne(int operand) => host.Nodes[operand] is { Op: ScalarOp.Constant, Value: 1 };
        return node.Op switch
        {
            ScalarOp.Input => inputs[node.A],
            ScalarOp.Negate => Join("minus", Operand(node.A)),
            ScalarOp.Sqrt => Join("sqrt", Operand(node.A)),
            ScalarOp.Cbrt => Join("cbrt", Operand(node.A)),
            ScalarOp.Subtract when IsOne(node.A) => Join("oneMinus", Operand(node.B)),
            ScalarOp.Divide when IsOne(node.A) => Join("inverse", Operand(node.B)),
            ScalarOp.Pow => Join(Operand(node.A), "ToThe", Operand(node.B)),
            ScalarOp.Multiply => Join(Operand(node.A), "Times", Operand(node.B)),
            ScalarOp.Divide => Join(Operand(node.A), "Over", Operand(node.B)),
            _ => null,
        };
    }

    private static string? Join(params string?[] words) =>
        words.Contains(null) ? null : words[0] + string.Concat(words.Skip(1).Select(word => Capital(word!)));
}
