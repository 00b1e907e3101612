namespace OptGen.Generator.Scalar;

/// <summary>A function in which truth values are known.</summary>
internal static class Assume
{
    /// <summary>
    /// The function where the numbers 0 or 1 at some of its outputs are known: <paramref name="known"/> by the number of the output. What a branch on them leaves out
    /// is gone.
    /// </summary>
    public static ScalarFunction Run(ScalarFunction function, IReadOnlyDictionary<int, bool> known)
    {
        Dictionary<int, bool> truths = [];
        foreach (KeyValuePair<int, bool> entry in known)
        {
            ScalarNode output = function.Nodes[function.Outputs[entry.Key]];
            if (output.Op == ScalarOp.Select)
                truths[output.A] = entry.Value;
        }

        return Run(function, truths);
    }

    /// <summary>The function where one of its truth values is known.</summary>
    public static ScalarFunction Known(ScalarFunction function, int truth, bool isTrue) => Run(function, new Dictionary<int, bool> { [truth] = isTrue });

    private static ScalarFunction Run(ScalarFunction function, Dictionary<int, bool> truths)
    {
        ScalarBuilder builder = new();
        int[] map = new int[function.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = truths.TryGetValue(i, out bool value)
                ? builder.Apply(ScalarOp.Less, builder.Constant(value ? 0 : 1), builder.Constant(value ? 1 : 0))
                : builder.Copy(function.Nodes[i], map);
        }

        return builder.Build(function.InputCount, function.Outputs.Select(output => map[output]).ToArray());
    }
}
