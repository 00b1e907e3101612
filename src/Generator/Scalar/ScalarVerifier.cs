namespace OptGen.Generator.Scalar;

/// <summary>Checks what every <see cref="ScalarFunction"/> promises.</summary>
internal static class ScalarVerifier
{
    /// <summary>Throws when the function is not well formed.</summary>
    public static void Verify(ScalarFunction function)
    {
        for (int i = 0; i < function.Nodes.Count; i++)
        {
            ScalarNode node = function.Nodes[i];
            void Fail(string reason) => throw new InvalidOperationException($"scalar value {i} ({node.Op}): {reason}");
            if (node.Op == ScalarOp.Input)
            {
                if (node.A < 0 || node.A >= function.InputCount)
                    Fail($"there is no input {node.A}");
                continue;
            }

            int[] operands = [node.A, node.B, node.C];
            for (int k = 0; k < operands.Length; k++)
            {
                if (k >= node.Op.Arity())
                {
                    if (operands[k] != -1)
                        Fail($"operand {k} is too many");
                    continue;
                }

                if (operands[k] < 0 || operands[k] >= i)
                    Fail($"operand {k} is not an earlier value");
                bool wantsTruth = node.Op is ScalarOp.And or ScalarOp.Or or ScalarOp.Not || (node.Op == ScalarOp.Select && k == 0);
                if (function.Nodes[operands[k]].Op.IsTruth() != wantsTruth)
                    Fail($"operand {k} must be a {(wantsTruth ? "truth value" : "number")}");
            }

            if (node.Op != ScalarOp.Constant && node.Bits != 0)
                Fail("only a constant has a number");
        }

        if (function.Nodes.Distinct().Count() != function.Nodes.Count)
            throw new InvalidOperationException("two scalar values are equal");
        foreach (int output in function.Outputs)
        {
            if (output < 0 || output >= function.Nodes.Count)
                throw new InvalidOperationException($"scalar output {output} is no value");
            if (function.Nodes[output].Op.IsTruth())
                throw new InvalidOperationException($"scalar output {output} is a truth value");
        }
    }
}
