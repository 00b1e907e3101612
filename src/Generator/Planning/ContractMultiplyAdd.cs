using OptGen.Generator.Fusion;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Planning;

/// <summary>Turns a·b + c into one fused operation where the product has no other use.</summary>
internal static class ContractMultiplyAdd
{
    public static Kernel Run(Kernel kernel) =>
        kernel with { Stages = kernel.Stages.Select(stage => stage with { Body = Run(stage.Body) }).ToEquatableArray() };

    public static ScalarFunction Run(ScalarFunction function)
    {
        int[] uses = function.UseCounts();
        ScalarBuilder builder = new();
        int[] map = new int[function.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            map[i] = node.Op switch
            {
                ScalarOp.Add when IsProduct(node.A) => Fused(node.A, map[node.B], false),
                ScalarOp.Add when IsProduct(node.B) => Fused(node.B, map[node.A], false),
                ScalarOp.Subtract when IsProduct(node.B) => Fused(node.B, map[node.A], true),
                _ => builder.Copy(node, map),
            };
        }

        return builder.Build(function.InputCount, [.. function.Outputs.Select(output => map[output])]);

        bool IsProduct(int value) => function.Nodes[value].Op == ScalarOp.Multiply && uses[value] == 1;

        int Fused(int product, int addend, bool negate)
        {
            int a = map[function.Nodes[product].A], b = map[function.Nodes[product].B];
            return builder.Apply(ScalarOp.FusedMultiplyAdd, negate ? builder.Apply(ScalarOp.Negate, a) : a, b, addend);
        }
    }
}
