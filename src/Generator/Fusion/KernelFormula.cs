using System.Globalization;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Fusion;

/// <summary>A kernel as formulas, for the comment above it.</summary>
internal sealed class KernelFormula
{
    /// <summary>Values with more operations than this, all formulas together, make them hard to read: what is used repeatedly then has a line of its own.</summary>
    private const int LongFormulas = 200;

    private const int LongTerm = 8;

    private readonly Kernel _kernel;
    private readonly IReadOnlyList<TensorBuffer> _tensors;
    private readonly double[][] _sizes;
    private readonly Dictionary<(int Stage, int Value), string> _names = [];

    private KernelFormula(Kernel kernel, IReadOnlyList<TensorBuffer> tensors)
    {
        _kernel = kernel;
        _tensors = tensors;
        _sizes = new double[kernel.Stages.Count][];
        for (int stage = 0; stage < _sizes.Length; stage++)
            _sizes[stage] = Sizes(kernel.Stages[stage]);
    }

    public static string Of(Kernel kernel, IReadOnlyList<TensorBuffer> tensors)
    {
        KernelFormula formula = new(kernel, tensors);
        return string.Join("\n", formula.Lines());
    }

    private List<string> Lines()
    {
        bool areLong = _kernel.Stages.Select((stage, number) => Stored(stage).Sum(sink => _sizes[number][stage.Body.Outputs[sink]])).Sum() > LongFormulas;
        List<string> lines = [];
        for (int number = 0; number < _kernel.Stages.Count; number++)
        {
            Stage stage = _kernel.Stages[number];
            if (areLong)
                NameRepeated(number, lines);
            lines.AddRange(Stored(stage).Select(sink => $"{_tensors[((StoreSink)stage.Sinks[sink]).Tensor].Name} = {Text(number, stage.Body.Outputs[sink], 0)}"));
        }

        return lines;
    }

    private static IEnumerable<int> Stored(Stage stage) => Enumerable.Range(0, stage.Sinks.Count).Where(sink => stage.Sinks[sink] is StoreSink);

    private void NameRepeated(int number, List<string> lines)
    {
        Stage stage = _kernel.Stages[number];
        int[] uses = new int[stage.Body.Nodes.Count];
        foreach (int output in stage.Body.Outputs)
            uses[output]++;
        for (int value = uses.Length - 1; value >= 0; value--)
        {
            foreach (int operand in uses[value] == 0 ? [] : Operands(stage.Body.Nodes[value]))
                uses[operand]++;
        }

        for (int value = 0; value < uses.Length; value++)
        {
            if (uses[value] < 2 || _sizes[number][value] <= LongTerm)
                continue;
            string text = Text(number, value, 0);
            _names[(number, value)] = "value" + (_names.Count + 1).ToString(CultureInfo.InvariantCulture);
            lines.Add($"{_names[(number, value)]} = {text}");
        }
    }

    /// <summary>For each value of a stage, how many values its formula names, written out. It may be more than any integer.</summary>
    private double[] Sizes(Stage stage)
    {
        double[] sizes = new double[stage.Body.Nodes.Count];
        for (int value = 0; value < sizes.Length; value++)
        {
            ScalarNode node = stage.Body.Nodes[value];
            sizes[value] = node.Op == ScalarOp.Input && stage.Operands[node.A] is AccumulatedOperand sum
                ? _sizes[sum.Stage][_kernel.Stages[sum.Stage].Body.Outputs[sum.Sink]]
                : 1 + Operands(node).Sum(operand => sizes[operand]);
        }

        return sizes;
    }

    /// <summary>The operands that a formula shows. That a subnormal number becomes 0 is a matter of the processor.</summary>
    private static IEnumerable<int> Operands(ScalarNode node) => node.Op == ScalarOp.FlushSubnormal ? [node.A] : node.Operands();

    /// <summary>Binding strength of what is around the value: 0 nothing, 1 a sum, 2 a product.</summary>
    private string Text(int stage, int value, int around)
    {
        if (_names.TryGetValue((stage, value), out string? name))
            return name;
        ScalarFunction body = _kernel.Stages[stage].Body;
        ScalarNode node = body.Nodes[value];
        string At(int operand, int strength) => Text(stage, operand, strength);
        return node.Op switch
        {
            ScalarOp.Constant => node.Value.ToString("R", CultureInfo.InvariantCulture),
            ScalarOp.Input => Operand(_kernel.Stages[stage].Operands[node.A], around),
            ScalarOp.Negate => "−" + At(node.A, 2),
            ScalarOp.Add => Bracket($"{At(node.A, 0)} + {At(node.B, 0)}", around > 0),
            ScalarOp.Subtract => Bracket($"{At(node.A, 0)} − {At(node.B, 1)}", around > 0),
            ScalarOp.Multiply => Bracket($"{At(node.A, 1)}·{At(node.B, 1)}", around > 1),
            ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal => Bracket($"{At(node.A, 2)} / {At(node.B, 2)}", around > 1),
            ScalarOp.FusedMultiplyAdd => Bracket($"{At(node.A, 1)}·{At(node.B, 1)} + {At(node.C, 0)}", around > 0),
            ScalarOp.Less => $"{At(node.A, 1)} < {At(node.B, 1)}",
            ScalarOp.LessOrEqual => $"{At(node.A, 1)} ≤ {At(node.B, 1)}",
            ScalarOp.Equal => $"{At(node.A, 1)} = {At(node.B, 1)}",
            ScalarOp.FlushSubnormal => At(node.A, around),
            ScalarOp.Select => Bracket($"{At(node.A, 0)} ? {At(node.B, 1)} : {At(node.C, 1)}", around > 0),
            _ => $"{node.Op.ToString().ToLowerInvariant()}({string.Join(", ", node.Operands().Select(operand => At(operand, 0)))})",
        };
    }

    private string Operand(Operand operand, int around)
    {
        switch (operand)
        {
            case LoadOperand load:
                return _tensors[load.Tensor].Name;
            case UniformOperand uniform:
                return "u" + uniform.Index.ToString(CultureInfo.InvariantCulture);
            case IotaOperand iota:
                return iota.Stream is null ? "index" : "random";
            case AccumulatedOperand sum:
                Stage stage = _kernel.Stages[sum.Stage];
                int term = stage.Body.Outputs[sum.Sink];
                if (stage.Inner.Count == 0)
                    return Bracket(Text(sum.Stage, term, 0), around > 0);
                string kind = ((AccumulateSink)stage.Sinks[sum.Sink]).Kind switch { ReduceKind.Sum => "Σ ", ReduceKind.Max => "max ", _ => "min " };
                return Bracket(kind + Text(sum.Stage, term, 1), around > 1);
            default:
                return "?";
        }
    }

    private static string Bracket(string text, bool needed) => needed ? $"({text})" : text;
}
