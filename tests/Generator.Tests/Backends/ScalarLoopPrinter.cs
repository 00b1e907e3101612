using System.Globalization;
using System.Text;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Tests.Backends;

/// <summary>
/// A second back end: prints a program as plain loops over doubles, one element at a time, straight from the kernels' definition. It shares nothing with the
/// CPU back end and ignores every schedule, so that the two agree only if both understand the kernels alike.
/// </summary>
internal static class ScalarLoopPrinter
{
    /// <summary>A class with <c>static void Run(double[][] tensors, double[] uniforms, int rows)</c>; tensors by their numbers in the program.</summary>
    public static string Print(Program program, string className)
    {
        StringBuilder text = new();
        text.AppendLine("using System;").AppendLine($"public static class {className}").AppendLine("{");
        text.AppendLine("    const uint key = 7;");
        text.AppendLine("    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));");
        text.AppendLine("    static double Erf(double x) { double z = Math.Abs(x), s = 0, p = z; if (z > 6) return Math.Sign(x); for (int n = 0; n < 200; p *= 2 * z * z / (2 * ++n + 1)) s += p; return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * s, x); }");
        text.AppendLine("    public static void Run(double[][] tensors, double[] uniforms, int rows)").AppendLine("    {");
        for (int number = 0; number < program.Kernels.Count; number++)
        {
            int loop = program.Kernels[number].Kernel.Loop;
            if (loop >= 0 && (number == 0 || program.Kernels[number - 1].Kernel.Loop != loop))
                text.AppendLine($"for (int turn = 0; turn < {program.Loops[loop].Steps}; turn++) {{ int step = {(program.Loops[loop].Backwards ? $"{program.Loops[loop].Steps - 1} - turn" : "turn")};");
            text.AppendLine($"        {program.Kernels[number].Kernel.Name}(tensors, uniforms, rows, {(loop < 0 ? "0" : "step")});");
            if (loop >= 0 && (number + 1 == program.Kernels.Count || program.Kernels[number + 1].Kernel.Loop != loop))
                text.AppendLine("}");
        }

        text.AppendLine("    }");
        foreach (PlannedKernel kernel in program.Kernels)
            Print(text, program, kernel.Kernel);
        return text.AppendLine("}").ToString();
    }

    private static void Print(StringBuilder text, Program program, Kernel kernel)
    {
        text.AppendLine($"    static void {kernel.Name}(double[][] tensors, double[] uniforms, int rows, int step)").AppendLine("    {");
        for (int axis = 0; axis < kernel.OuterCount; axis++)
            Open(text, program, kernel, axis);
        for (int number = 0; number < kernel.Stages.Count; number++)
        {
            Stage stage = kernel.Stages[number];
            for (int sink = 0; sink < stage.Sinks.Count; sink++)
            {
                if (stage.Sinks[sink] is AccumulateSink accumulate)
                    text.AppendLine($"double acc{number}_{sink} = {Identity(accumulate.Kind)};");
            }

            foreach (int axis in stage.Inner)
                Open(text, program, kernel, axis);
            text.AppendLine("{");
            for (int i = 0; i < stage.Body.Nodes.Count; i++)
                text.AppendLine($"{(stage.Body.Nodes[i].Op.IsTruth() ? "bool" : "double")} v{i} = {Value(program, stage, i)};");
            for (int sink = 0; sink < stage.Sinks.Count; sink++)
            {
                string value = "v" + stage.Body.Outputs[sink].ToString(CultureInfo.InvariantCulture), acc = $"acc{number}_{sink}";
                text.AppendLine(stage.Sinks[sink] switch
                {
                    StoreSink { Row: not null } store => $"{Tensor(program, store.Tensor)}{Sum(store.Strides, store.Offset)}{Row(program, store.Row, stage)}] += {value};",
                    StoreSink store => $"{Tensor(program, store.Tensor)}{Sum(store.Strides, store.Offset)}] = {value};",
                    AccumulateSink { Kind: ReduceKind.Sum } => $"{acc} += {value};",
                    AccumulateSink { Kind: var kind } => $"{acc} = Math.{kind}({acc}, {value});",
                    _ => throw new InvalidOperationException("unknown sink"),
                });
            }

            text.AppendLine("}");
            text.AppendLine(new string('}', stage.Inner.Count));
        }

        text.AppendLine(new string('}', kernel.OuterCount)).AppendLine("    }");
    }

    private static void Open(StringBuilder text, Program program, Kernel kernel, int axis)
    {
        Axis loop = kernel.Axes[axis];
        string extent = loop.Batched ? $"rows * {loop.Extent / program.Options.Batch}" : loop.Extent.ToString(CultureInfo.InvariantCulture);
        text.AppendLine($"for (int x{axis} = 0; x{axis} < {extent}; x{axis}++) {{");
    }

    private static string Identity(ReduceKind kind) => kind switch
    {
        ReduceKind.Max => "double.NegativeInfinity",
        ReduceKind.Min => "double.PositiveInfinity",
        _ => "0",
    };

    private static string Value(Program program, Stage stage, int number)
    {
        ScalarNode node = stage.Body.Nodes[number];
        string a = "v" + node.A, b = "v" + node.B, c = "v" + node.C;
        return node.Op switch
        {
            ScalarOp.Constant => Number(node.Value),
            ScalarOp.Input => Operand(program, stage.Operands[node.A], stage),
            ScalarOp.Negate => $"-{a}",
            ScalarOp.Add => $"{a} + {b}",
            ScalarOp.Subtract => $"{a} - {b}",
            ScalarOp.Multiply => $"{a} * {b}",
            ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal => $"{a} / {b}",
            ScalarOp.FlushSubnormal => $"{b} != 0 && double.IsSubnormal({a}) ? 0 : {a}",
            ScalarOp.Less => $"{a} < {b}",
            ScalarOp.LessOrEqual => $"{a} <= {b}",
            ScalarOp.Equal => $"{a} == {b}",
            ScalarOp.And => $"{a} && {b}",
            ScalarOp.Or => $"{a} || {b}",
            ScalarOp.Not => $"!{a}",
            ScalarOp.Select => $"{a} ? {b} : {c}",
            ScalarOp.Sigmoid => $"Sigmoid({a})",
            ScalarOp.Erf => $"Erf({a})",
            ScalarOp.FusedMultiplyAdd => $"Math.FusedMultiplyAdd({a}, {b}, {c})",
            _ when node.Op.Arity() == 1 => $"Math.{node.Op}({a})",
            _ => $"Math.{node.Op}({a}, {b})",
        };
    }

    private static string Operand(Program program, Operand operand, Stage stage) => operand switch
    {
        UniformOperand uniform => $"uniforms[{uniform.Index}]",
        IotaOperand { Stream: int stream } random => $"OptGen.Kernels.StepRandom.Uniform(key, {stream}, {Sum(random.Factors, random.Offset)})",
        IotaOperand iota => Sum(iota.Factors, iota.Offset),
        AccumulatedOperand sum => $"acc{sum.Stage}_{sum.Sink}",
        LoadOperand load => Load(program, load, stage),
        _ => throw new InvalidOperationException("unknown operand"),
    };

    private static string Load(Program program, LoadOperand load, Stage stage)
    {
        string address = Sum(load.Strides, load.Offset);
        foreach (DividedTerm term in load.Divided)
            address += $" + ({Sum(term.Terms, term.Offset)}) / {term.Divisor} * {term.Stride}";
        address += Row(program, load.Row, stage);
        string value = $"{Tensor(program, load.Tensor)}{address}]";
        IEnumerable<string> conditions = load.Guards.Select(guard =>
        {
            string position = Sum(guard.Terms, guard.Offset);
            return $"({position}) >= 0 && ({position}) % {guard.Divisor} == 0 && ({position}) / {guard.Divisor} < {guard.Extent}";
        });
        return load.Guards.Count == 0 ? value : $"{string.Join(" && ", conditions)} ? {value} : {Number(load.Outside)}";
    }

    /// <summary>A tensor up to the index; what a step sees of another one begins where it says.</summary>
    private static string Tensor(Program program, int tensor) => program.Tensors[tensor].View switch
    {
        null => $"tensors[{tensor}][",
        { Alternates: true } view => $"tensors[{view.Tensor}][(step + {view.Shift}) % 2 * {view.Stride} + ",
        { } view => $"tensors[{view.Tensor}][step * {view.Stride} + ",
    };

    private static string Row(Program program, RowNumber? row, Stage stage) =>
        row is null ? "" : $" + (int)({Load(program, (LoadOperand)stage.Operands[row.Operand], stage)}) * {row.Stride}";

    private static string Sum(IReadOnlyList<int> factors, int offset) =>
        string.Join(" + ", factors.Select((factor, axis) => $"{factor} * x{axis}").Where((_, axis) => factors[axis] != 0).Append(offset.ToString(CultureInfo.InvariantCulture)));

    private static string Sum(IReadOnlyList<AffineTerm> terms, int offset) =>
        string.Join(" + ", terms.Select(term => $"{term.Factor} * x{term.Loop}").Append(offset.ToString(CultureInfo.InvariantCulture)));

    private static string Number(double value) => double.IsNaN(value) ? "double.NaN"
        : double.IsPositiveInfinity(value) ? "double.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "double.NegativeInfinity"
        : value.ToString("R", CultureInfo.InvariantCulture) + "d";
}
