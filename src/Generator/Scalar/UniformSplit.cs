using OptGen.Generator.Specs;

namespace OptGen.Generator.Scalar;

/// <summary>
/// Separates what is the same for every element. <see cref="Host"/> runs once, over the uniform inputs; <see cref="Element"/> runs for each element, over the other
/// inputs and the host's outputs. What is uniform is computed at the host as far as it goes; an input that is needed as it is passes through;
/// constants stay in the element function; dividing by something uniform becomes multiplying by its reciprocal.
/// </summary>
/// <param name="Host">Over the inputs <paramref name="UniformInputs"/> of the original, in that order.</param>
/// <param name="Element">Over the inputs <paramref name="ElementInputs"/> of the original, then the outputs of the host.</param>
/// <param name="UniformInputs">Numbers of the inputs of the original that are uniform.</param>
/// <param name="ElementInputs">Numbers of the others.</param>
internal sealed record UniformSplit(ScalarFunction Host, ScalarFunction Element, EquatableArray<int> UniformInputs, EquatableArray<int> ElementInputs)
{
    /// <summary>Splits a function; <paramref name="isUniform"/> says of each input whether it is uniform.</summary>
    public static UniformSplit Of(ScalarFunction function, Func<int, bool> isUniform)
    {
        int[] uniformInputs = Enumerable.Range(0, function.InputCount).Where(isUniform).ToArray();
        int[] elementInputs = Enumerable.Range(0, function.InputCount).Where(input => !isUniform(input)).ToArray();
        function = ReciprocalsOfUniforms(function, isUniform);
        bool[] uniform = MarkUniform(function, isUniform);

        // Copies grow side by side: of uniform values at the host, of the others in the element function.
        ScalarBuilder host = new(), element = new();
        int[] hostNumbers = new int[function.Nodes.Count], elementNumbers = new int[function.Nodes.Count];
        List<int> hostOutputs = [];
        for (int i = 0; i < function.Nodes.Count; i++)
        {
            ScalarNode node = function.Nodes[i];
            elementNumbers[i] = -1;
            if (node.Op == ScalarOp.Constant)
            {
                hostNumbers[i] = host.Constant(node.Value);
                elementNumbers[i] = element.Constant(node.Value);
            }
            else if (uniform[i])
            {
                hostNumbers[i] = node.Op == ScalarOp.Input
                    ? host.Input(Array.IndexOf(uniformInputs, node.A))
                    : host.Apply(node.Op, hostNumbers[node.A], node.B < 0 ? -1 : hostNumbers[node.B], node.C < 0 ? -1 : hostNumbers[node.C]);
            }
            else
            {
                elementNumbers[i] = node.Op == ScalarOp.Input
                    ? element.Input(Array.IndexOf(elementInputs, node.A))
                    : element.Apply(node.Op, InElement(node.A), node.B < 0 ? -1 : InElement(node.B), node.C < 0 ? -1 : InElement(node.C));
            }
        }

        int[] outputs = function.Outputs.Select(InElement).ToArray();
        return new UniformSplit(
            host.Build(uniformInputs.Length, hostOutputs.ToArray()),
            element.Build(elementInputs.Length + hostOutputs.Count, outputs),
            uniformInputs.ToEquatableArray(),
            elementInputs.ToEquatableArray());

        // A uniform value that the element function needs becomes an output of the host and an input here; a truth value travels as 0 or 1.
        int InElement(int value)
        {
            if (elementNumbers[value] >= 0)
                return elementNumbers[value];
            bool truth = function.Nodes[value].Op.IsTruth();
            int number = truth ? host.Apply(ScalarOp.Select, hostNumbers[value], host.Constant(1), host.Constant(0)) : hostNumbers[value];
            if (!truth && host[number].Op == ScalarOp.Constant)
                return elementNumbers[value] = element.Constant(host[number].Value);
            int output = hostOutputs.IndexOf(number);
            if (output < 0)
            {
                output = hostOutputs.Count;
                hostOutputs.Add(number);
            }

            int input = element.Input(elementInputs.Length + output);
            return elementNumbers[value] = truth ? element.Apply(ScalarOp.Less, element.Constant(0), input) : input;
        }
    }

    private static bool[] MarkUniform(ScalarFunction function, Func<int, bool> isUniform)
    {
        bool[] uniform = new bool[function.Nodes.Count];
        for (int i = 0; i < uniform.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            uniform[i] = node.Op switch
            {
                ScalarOp.Constant => true,
                ScalarOp.Input => isUniform(node.A),
                _ => uniform[node.A] && (node.B < 0 || uniform[node.B]) && (node.C < 0 || uniform[node.C]),
            };
        }

        return uniform;
    }

    private static ScalarFunction ReciprocalsOfUniforms(ScalarFunction function, Func<int, bool> isUniform)
    {
        bool[] uniform = MarkUniform(function, isUniform);
        ScalarBuilder builder = new();
        int[] map = new int[function.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            map[i] = node.Op switch
            {
                ScalarOp.Divide when uniform[node.B] && !uniform[node.A] && function.Nodes[node.B].Op != ScalarOp.Constant =>
                    builder.Apply(ScalarOp.Multiply, map[node.A], builder.Apply(ScalarOp.Divide, builder.Constant(1), map[node.B])),
                _ => builder.Copy(node, map),
            };
        }

        return builder.Build(function.InputCount, function.Outputs.Select(output => map[output]).ToArray());
    }
}
