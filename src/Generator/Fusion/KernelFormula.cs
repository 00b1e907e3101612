using System.Globalization;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Fusion;

/// <summary>A kernel as formulas, for the comment above it.</summary>
internal static class KernelFormula
{
    public static string Of(Kernel kernel, IReadOnlyList<TensorBuffer> tensors)
    {
        List<string> lines = [];
        foreach (Stage stage in kernel.Stages)
        {
            for (int sink = 0; sink < stage.Sinks.Count; sink++)
            {
                if (stage.Sinks[sink] is StoreSink store)
                    lines.Add($"{tensors[store.Tensor].Name} = {Text(kernel, tensors, stage, stage.Body.Outputs[sink], 0)}");
            }
        }

        return string.Join("\n", lines);
    }

    /// <summary>Binding strength of what is around the value: 0 nothing, 1 a sum, 2 a product.</summary>
    private static string Text(Kernel kernel, IReadOnlyList<TensorBuffer> tensors, Stage stage, int value, int around)
    {
        ScalarNode node = stage.Body.Nodes[value];
        string At(int operand, int strength) => Text(kernel, tensors, stage, operand, strength);
        return node.Op switch
        {
            ScalarOp.Constant => node.Value.ToString("R", CultureInfo.InvariantCulture),
            ScalarOp.Input => Operand(kernel, tensors, stage.Operands[node.A], around),
            ScalarOp.Negate => "−" + At(node.A, 2),
            ScalarOp.Add => Bracket($"{At(node.A, 0)} + {At(node.B, 0)}", around > 0),
            ScalarOp.Subtract => Bracket($"{At(node.A, 0)} − {At(node.B, 1)}", around > 0),
            ScalarOp.Multiply => Bracket($"{At(node.A, 1)}·{At(node.B, 1)}", around > 1),
            ScalarOp.Divide => Bracket($"{At(node.A, 2)} / {At(node.B, 2)}", around > 1),
            ScalarOp.FusedMultiplyAdd => Bracket($"{At(node.A, 1)}·{At(node.B, 1)} + {At(node.C, 0)}", around > 0),
            ScalarOp.Less => $"{At(node.A, 1)} < {At(node.B, 1)}",
            ScalarOp.LessOrEqual => $"{At(node.A, 1)} ≤ {At(node.B, 1)}",
            ScalarOp.Equal => $"{At(node.A, 1)} = {At(node.B, 1)}",
            ScalarOp.Select when IsFlush(stage.Body, node) => At(node.C, around),
            ScalarOp.Select => Bracket($"{At(node.A, 0)} ? {At(node.B, 1)} : {At(node.C, 1)}", around > 0),
            _ => $"{node.Op.ToString().ToLowerInvariant()}({string.Join(", ", new[] { node.A, node.B, node.C }.Where(operand => operand >= 0).Select(operand => At(operand, 0)))})",
        };
    }

    /// <summary>Whether the value is its last operand, or 0 where that is subnormal: a matter of the processor that the formula leaves out.</summary>
    private static bool IsFlush(ScalarFunction body, ScalarNode select) =>
        body.Nodes[select.A] is { Op: ScalarOp.Less } less
        && body.Nodes[less.A] is { Op: ScalarOp.Abs } magnitude && magnitude.A == select.C
        && body.Nodes[less.B] is { Op: ScalarOp.Constant } bound
        && (bound.Value == FlushSubnormal.SmallestNormal(isDouble: false) || bound.Value == FlushSubnormal.SmallestNormal(isDouble: true));

    private static string Operand(Kernel kernel, IReadOnlyList<TensorBuffer> tensors, Operand operand, int around)
    {
        switch (operand)
        {
            case LoadOperand load:
                return tensors[load.Tensor].Name;
            case UniformOperand uniform:
                return "u" + uniform.Index.ToString(CultureInfo.InvariantCulture);
            case IotaOperand iota:
                return iota.Stream is null ? "index" : "random";
            case AccumulatedOperand sum:
                Stage stage = kernel.Stages[sum.Stage];
                string term = Text(kernel, tensors, stage, stage.Body.Outputs[sum.Sink], 1);
                if (stage.Inner.Count == 0)
                    return Bracket(Text(kernel, tensors, stage, stage.Body.Outputs[sum.Sink], 0), around > 0);
                string kind = ((AccumulateSink)stage.Sinks[sum.Sink]).Kind switch { ReduceKind.Sum => "Σ ", ReduceKind.Max => "max ", _ => "min " };
                return Bracket(kind + term, around > 1);
            default:
                return "?";
        }
    }

    private static string Bracket(string text, bool needed) => needed ? $"({text})" : text;
}
