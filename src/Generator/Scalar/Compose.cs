namespace OptGen.Generator.Scalar;

/// <summary>Puts functions together.</summary>
internal static class Compose
{
    /// <summary>
    /// The function with its inputs renamed: input i becomes input <paramref name="numbers"/>[i] of <paramref name="inputCount"/>. Inputs that get the same
    /// number become one.
    /// </summary>
    public static ScalarFunction Rename(ScalarFunction function, IReadOnlyList<int> numbers, int inputCount)
    {
        ScalarBuilder builder = new();
        int[] inputs = Enumerable.Range(0, inputCount).Select(builder.Input).ToArray();
        return builder.Build(inputCount, builder.Inline(function, numbers.Select(number => inputs[number]).ToArray()));
    }

    /// <summary>The function with the inputs that it doesn't read taken away; <paramref name="kept"/> are the numbers of those that stay.</summary>
    public static ScalarFunction DropUnread(ScalarFunction function, out int[] kept)
    {
        int[] reads = Differentiate.Reads(function).ToArray();
        kept = reads;
        if (reads.Length == function.InputCount)
            return function;
        ScalarBuilder builder = new();
        int[] inputs = new int[function.InputCount];
        for (int i = 0; i < reads.Length; i++)
            inputs[reads[i]] = builder.Input(i);
        return builder.Build(reads.Length, builder.Inline(function, inputs));
    }

    /// <summary>
    /// The function whose outputs are the values <paramref name="outputs"/>, with the values <paramref name="given"/> as further inputs in place of their expressions. All
    /// operations stay as they are.
    /// </summary>
    public static ScalarFunction Cut(ScalarFunction function, IReadOnlyList<int> outputs, IReadOnlyList<int> given)
    {
        ScalarBuilder builder = new();
        int[] map = new int[function.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            int place = given.TakeWhile(value => value != i).Count();
            map[i] = place < given.Count ? builder.Input(function.InputCount + place) : builder.Transcribe(node, map);
        }

        return builder.Build(function.InputCount + given.Count, [.. outputs.Select(output => map[output])]);
    }

    /// <summary>The function of one input that gives it back.</summary>
    public static ScalarFunction Identity { get; } = MakeIdentity();

    /// <summary>True for the function of one input that gives it back.</summary>
    public static bool IsIdentity(ScalarFunction function) =>
        function.Outputs.Count == 1 && function.InputCount == 1 && function.Nodes[function.Outputs[0]].Op == ScalarOp.Input;

    private static ScalarFunction MakeIdentity()
    {
        ScalarBuilder builder = new();
        return builder.Build(1, builder.Input(0));
    }
}
