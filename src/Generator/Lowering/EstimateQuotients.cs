using OptGen.Generator.Scalar;

namespace OptGen.Generator.Lowering;

/// <summary>
/// Lets quotients of an update err in their last places. A vector of exact quotients or roots keeps a processor's only divider busy for some twenty additions' time, while
/// an update multiplies its quotient by a learning rate that is known to a digit or two.
/// </summary>
internal static class EstimateQuotients
{
    public static ScalarFunction Run(ScalarFunction element)
    {
        ScalarBuilder builder = new();
        int[] map = new int[element.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            ScalarNode node = element.Nodes[i];
            map[i] = node.Op == ScalarOp.Divide && element.Nodes[node.B].Op != ScalarOp.Constant
                ? builder.Intern(ScalarOp.DivideEstimate, map[node.A], map[node.B])
                : builder.Transcribe(node, map);
        }

        return builder.Build(element.InputCount, [.. element.Outputs.Select(output => map[output])]);
    }
}
