using OptGen.Generator.Specs;

namespace OptGen.Generator.Scalar;

/// <summary>
/// Separates what is the same for many elements. <see cref="Host"/> runs seldom: once for everything, for each tensor, row or column; <see cref="Element"/> runs for
/// each element, over the other inputs and what the host passes to it. A value is computed at the host as far as it goes; an input that is needed as it is passes
/// through; constants stay in the element function; dividing by a value of the host becomes multiplying by its reciprocal.
/// </summary>
/// <param name="Host">Over the inputs <paramref name="HostInputs"/> of the original; its outputs are the passed values, then the host's own outputs.</param>
/// <param name="Element">Over the inputs <paramref name="ElementInputs"/> of the original, then the passed values.</param>
/// <param name="PassedCount">How many values the host passes.</param>
internal sealed record UniformSplit(
    ScalarFunction Host, ScalarFunction Element, EquatableArray<int> HostInputs, EquatableArray<int> ElementInputs, int PassedCount)
{
    /// <summary>Splits a function into what is the same for all elements and what is not; <paramref name="isUniform"/> says of each input which.</summary>
    public static UniformSplit Of(ScalarFunction function, Func<int, bool> isUniform) =>
        Of(function, input => isUniform(input) ? Extent.Everything : Extent.Element, _ => true);

    /// <summary>Splits a function.</summary>
    /// <param name="extentOf">The extent of each input.</param>
    /// <param name="isOfElement">Whether an output is one of the element function; the others are the host's own, in their order, and must not vary with the element.</param>
    public static UniformSplit Of(ScalarFunction function, Func<int, Extent> extentOf, Func<int, bool> isOfElement)
    {
        int[] hostInputs = Enumerable.Range(0, function.InputCount).Where(input => extentOf(input) != Extent.Element).ToArray();
        int[] elementInputs = Enumerable.Range(0, function.InputCount).Where(input => extentOf(input) == Extent.Element).ToArray();
        function = ReciprocalsOfUniforms(function, extentOf);
        Extent[] extents = Extents.Of(function, extentOf);

        // Copies grow side by side: at the host what is the same for many elements, in the element function all else.
        ScalarBuilder host = new(), element = new();
        int[] hostNumbers = new int[function.Nodes.Count], elementNumbers = new int[function.Nodes.Count];
        List<int> passed = [];
        for (int i = 0; i < function.Nodes.Count; i++)
        {
            ScalarNode node = function.Nodes[i];
            elementNumbers[i] = -1;
            if (node.Op == ScalarOp.Constant)
            {
                hostNumbers[i] = host.Constant(node.Value);
                elementNumbers[i] = element.Constant(node.Value);
            }
            else if (extents[i] != Extent.Element)
            {
                hostNumbers[i] = node.Op == ScalarOp.Input
                    ? host.Input(Array.IndexOf(hostInputs, node.A))
                    : host.Apply(node.Op, hostNumbers[node.A], node.B < 0 ? -1 : hostNumbers[node.B], node.C < 0 ? -1 : hostNumbers[node.C]);
            }
            else
            {
                elementNumbers[i] = node.Op == ScalarOp.Input
                    ? element.Input(Array.IndexOf(elementInputs, node.A))
                    : element.Apply(node.Op, InElement(node.A), node.B < 0 ? -1 : InElement(node.B), node.C < 0 ? -1 : InElement(node.C));
            }
        }

        int[] outputs = Enumerable.Range(0, function.Outputs.Count).Where(isOfElement).Select(output => InElement(function.Outputs[output])).ToArray();
        int[] own = Enumerable.Range(0, function.Outputs.Count).Where(output => !isOfElement(output)).Select(output => hostNumbers[function.Outputs[output]]).ToArray();
        return new UniformSplit(
            host.Build(hostInputs.Length, [.. passed, .. own]),
            element.Build(elementInputs.Length + passed.Count, outputs),
            hostInputs.ToEquatableArray(),
            elementInputs.ToEquatableArray(),
            passed.Count);

        // A value of the host that the element function needs becomes an output there and an input here; a truth value travels as 0 or 1.
        int InElement(int value)
        {
            if (elementNumbers[value] >= 0)
                return elementNumbers[value];
            bool truth = function.Nodes[value].Op.IsTruth();
            int number = truth ? host.Apply(ScalarOp.Select, hostNumbers[value], host.Constant(1), host.Constant(0)) : hostNumbers[value];
            if (!truth && host[number].Op == ScalarOp.Constant)
                return elementNumbers[value] = element.Constant(host[number].Value);
            int place = passed.IndexOf(number);
            if (place < 0)
            {
                place = passed.Count;
                passed.Add(number);
            }

            int input = element.Input(elementInputs.Length + place);
            return elementNumbers[value] = truth ? element.Apply(ScalarOp.Less, element.Constant(0), input) : input;
        }
    }

    private static ScalarFunction ReciprocalsOfUniforms(ScalarFunction function, Func<int, Extent> extentOf)
    {
        Extent[] extents = Extents.Of(function, extentOf);
        ScalarBuilder builder = new();
        int[] map = new int[function.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            map[i] = node.Op switch
            {
                ScalarOp.Divide when extents[i] == Extent.Element && extents[node.B] != Extent.Element && function.Nodes[node.B].Op != ScalarOp.Constant =>
                    builder.Apply(ScalarOp.Multiply, map[node.A], builder.Apply(ScalarOp.Divide, builder.Constant(1), map[node.B])),
                _ => builder.Copy(node, map),
            };
        }

        return builder.Build(function.InputCount, function.Outputs.Select(output => map[output]).ToArray());
    }
}
