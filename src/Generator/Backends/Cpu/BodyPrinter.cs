using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>How the lanes of a body lie.</summary>
/// <param name="Vector">Name of the vector type: <c>V</c>, or the wrapper of one element.</param>
/// <param name="Axis">The kernel's axis along which the lanes lie; −1 for one lane.</param>
/// <param name="Lanes">Expression for the number of live lanes when only some are; empty for all.</param>
internal readonly record struct Lanes(string Vector, int Axis, string Partial)
{
    public bool IsPartial => Partial.Length > 0;
}

/// <summary>Prints the body of a stage as vector code.</summary>
internal sealed class BodyPrinter(CpuText text, CodeWriter writer, Kernel loops)
{
    /// <summary>An expression longer than this gets a name of its own.</summary>
    private const int LongExpression = 56;

    private readonly Dictionary<string, int> _names = [];

    /// <summary>Uniforms that say whether something is done: number to name.</summary>
    private readonly Dictionary<int, string> _flags = [];

    private Kernel _kernel = loops;

    /// <summary>What the accumulators of earlier stages are called, and the vector type that holds them (empty for a plain number).</summary>
    public Dictionary<(int Stage, int Sink), (string Name, string Vector)> Accumulated { get; } = [];

    /// <summary>Uniforms that were broadcast ahead of the loops: number and vector type to name.</summary>
    public Dictionary<(int Uniform, string Vector), string> Broadcasts { get; } = [];

    /// <summary>A name that is used only once in the method's present scope.</summary>
    public string Fresh(string name)
    {
        while (true)
        {
            _names.TryGetValue(name, out int count);
            _names[name] = count + 1;
            string fresh = count == 0 ? name : name + CpuText.Text(count + 1);
            if (text.IsTaken(fresh) || (count > 0 && _names.ContainsKey(fresh)))
                continue;

            // A number makes it a name that someone may ask for as it is.
            if (count > 0)
                _names[fresh] = 1;
            return fresh;
        }
    }

    /// <summary>How often each name is in use.</summary>
    public IReadOnlyDictionary<string, int> Names => new Dictionary<string, int>(_names);

    /// <summary>Lets names be used again: the scope in which they were declared has ended.</summary>
    public void Release() => _names.Clear();

    /// <summary>Lets names be used again that were not in use then.</summary>
    public void Release(IReadOnlyDictionary<string, int> then)
    {
        _names.Clear();
        foreach (KeyValuePair<string, int> name in then)
            _names.Add(name.Key, name.Value);
    }

    /// <summary>Declares a vector for each uniform that the stages use, ahead of their loops; of those that say whether something is done, a truth value.</summary>
    public void BroadcastUniforms(IEnumerable<Stage> stages)
    {
        HashSet<int> flags = [.. stages.SelectMany(stage => stage.Body.Nodes.Select(node => FlagOf(stage, node)).OfType<int>())];
        int firstOfRows = text.Program.Options.Rows?.FirstUniform ?? int.MaxValue;
        foreach (int uniform in stages.SelectMany(stage => stage.Operands).OfType<UniformOperand>().Select(operand => operand.Index).Distinct().Where(uniform => uniform < firstOfRows))
        {
            string name = text.Program.Options.UniformNames[uniform];
            if (flags.Contains(uniform))
            {
                writer.Line($"bool {name} = Unsafe.Add(ref uniforms, {CpuText.Text(uniform)}) != 0; // Whether subnormal states become 0 in this step.");
                _flags[uniform] = name;
                continue;
            }

            writer.Line($"V {name} = V.Broadcast(Unsafe.Add(ref uniforms, {CpuText.Text(uniform)}));");
            Broadcasts[(uniform, "V")] = name;
        }
    }

    /// <summary>From now on, the variable of a loop is called so.</summary>
    public void Rename(int axis, string name) =>
        _kernel = _kernel with { Axes = _kernel.Axes.Select((loop, number) => number == axis ? loop with { Name = name } : loop).ToEquatableArray() };

    /// <summary>Prints the statements of one stage at one point; gives the expression of each output.</summary>
    public string[] Print(Stage stage, Lanes lanes)
    {
        ScalarFunction body = stage.Body;
        int[] uses = body.UseCounts();
        HashSet<int> flushed = [.. body.Nodes.Where(node => node.Op == ScalarOp.FlushSubnormal).Select(node => node.A)];
        bool[] isOnlySelected = OnlySelected(body);
        string[] values = new string[body.Nodes.Count];
        List<int> pending = [];
        for (int i = 0; i < values.Length; i++)
        {
            ScalarNode node = body.Nodes[i];
            if (node.Op == ScalarOp.FlushSubnormal)
            {
                pending.Add(i);
                values[i] = Fresh(ResultName(stage, i));
                continue;
            }

            if (node.Op.Arity() > 0 && pending.Any(flush => node.A == flush || node.B == flush || node.C == flush))
                Flush(pending, stage, values, lanes);
            // A comparison and the choice that it makes are one operation, if nothing would be computed twice.
            if (isOnlySelected[i] && (uses[i] == 1 || (IsAtom(values[node.A]) && IsAtom(values[node.B]))))
                continue;
            (string expression, string name) = node.Op switch
            {
                ScalarOp.Constant => (text.Constant(lanes.Vector, node.Value), ""),
                ScalarOp.Input => Operand(stage.Operands[node.A], lanes, stage),
                ScalarOp.Select when values[node.A] is null => (SelectCompared(lanes.Vector, body.Nodes[node.A], node, values), "t"),
                _ => (Clamp(lanes.Vector, body, node, values) ?? Operation(lanes.Vector, node, values), "t"),
            };
            bool isLoad = node.Op == ScalarOp.Input && name.Length > 0;
            bool isNamed = isLoad || (node.Op.Arity() > 0 && (uses[i] > 1 || (expression.Length > LongExpression && !flushed.Contains(i))));
            if (isNamed)
            {
                string variable = Fresh(isLoad ? name : ResultName(stage, i));
                writer.Line($"{lanes.Vector} {variable} = {expression};");
                expression = variable;
            }

            values[i] = expression;
        }

        Flush(pending, stage, values, lanes);
        return [.. body.Outputs.Select(output => values[output])];
    }

    /// <summary>Declares values without their subnormal lanes. Such lanes are rare: two values are looked at together, and changed only if they have any.</summary>
    private void Flush(List<int> flushes, Stage stage, string[] values, Lanes lanes)
    {
        string vector = lanes.Vector;
        EquatableArray<ScalarNode> nodes = stage.Body.Nodes;
        for (int first = 0; first < flushes.Count; first += 2)
        {
            string a = values[flushes[first]], before = values[nodes[flushes[first]].A];
            string? flag = Flag(stage, nodes[flushes[first]]);
            if (first + 1 == flushes.Count)
            {
                writer.Line(flag is null ? $"{vector} {a} = {vector}.FlushSubnormal({before});" : $"{vector} {a} = {before};");
                if (flag is not null)
                {
                    using CodeWriter.Scope seldom = writer.Block($"if ({flag})");
                    writer.Line($"{a} = {vector}.FlushSubnormal({a});");
                }

                continue;
            }

            string b = values[flushes[first + 1]];
            writer.Line($"{vector} {a} = {before};");
            writer.Line($"{vector} {b} = {values[nodes[flushes[first + 1]].A]};");
            using CodeWriter.Scope rare = writer.Block($"if ({(flag is null ? "" : flag + " && ")}{vector}.MayBeSubnormal({a}, {b}))");
            writer.Line($"{a} = {vector}.FlushSubnormal({a});");
            writer.Line($"{b} = {vector}.FlushSubnormal({b});");
        }

        flushes.Clear();
    }

    /// <summary>The condition under which a value is flushed; null for always.</summary>
    private string? Flag(Stage stage, ScalarNode flush) => FlagOf(stage, flush) is not { } uniform ? null
        : _flags.TryGetValue(uniform, out string name) ? name : $"Unsafe.Add(ref uniforms, {CpuText.Text(uniform)}) != 0";

    /// <summary>The uniform that says whether a value is flushed; null where that is always so, and for what is no such operation.</summary>
    private static int? FlagOf(Stage stage, ScalarNode node) =>
        node.Op == ScalarOp.FlushSubnormal && stage.Body.Nodes[node.B] is { Op: ScalarOp.Input, A: int operand } ? ((UniformOperand)stage.Operands[operand]).Index : null;

    /// <summary>Prints the store of an output.</summary>
    public void Store(StoreSink store, string value, Lanes lanes, Stage stage)
    {
        string place = text.Place(_kernel, store.Tensor, store.Strides, store.Offset, string.Concat(Row(store.Row, stage)));
        string index = CpuText.Sum(_kernel, store.Strides, store.Offset);
        int stride = lanes.Axis < 0 ? 1 : store.Strides[lanes.Axis];
        if (store.Row is not null)
        {
            string count = lanes.IsPartial ? lanes.Partial : lanes.Vector + ".Count";
            string before = stride != 1 ? $"Gather({place}, {CpuText.Text(stride)}, {count})" : lanes.IsPartial ? $"LoadPartial({place}, {count})" : $"Load({place})";
            value = $"{lanes.Vector}.{before} + {Parenthesize(value)}";
        }

        writer.Line(text.Formats.Store(store.Tensor, value, place, index, stride, lanes));
    }

    private string ResultName(Stage stage, int node)
    {
        for (int sink = 0; sink < stage.Sinks.Count; sink++)
        {
            if (stage.Body.Outputs[sink] == node && stage.Sinks[sink] is StoreSink store)
                return "new" + UniqueNames.Pascal(text.Tensor(store.Tensor));
        }

        return "t";
    }

    private (string Expression, string Name) Operand(Operand operand, Lanes lanes, Stage stage)
    {
        string vector = lanes.Vector;
        switch (operand)
        {
            case UniformOperand uniform:
                return (Broadcasts.TryGetValue((uniform.Index, vector), out string name) ? name : $"{vector}.Broadcast(Unsafe.Add(ref uniforms, {CpuText.Text(uniform.Index)}))", "");
            case AccumulatedOperand sum:
                (string variable, string type) = Accumulated[(sum.Stage, sum.Sink)];
                return (type == vector ? variable : type.Length == 0 ? $"{vector}.Broadcast({variable})" : throw new InvalidOperationException($"{_kernel.Name}: a sum of {type} is read as {vector}"), "");
            case IotaOperand { Stream: int stream } random:
                string step = CpuText.Text(lanes.Axis < 0 ? 0 : random.Factors[lanes.Axis]);
                return ($"{vector}.Random({(text.Program.Options.Rows is null ? "_randomKey" : "randomKey")}, {CpuText.Text(stream)}, {CpuText.Sum(_kernel, random.Factors, random.Offset)}, {step})", "random");
            case IotaOperand iota:
                string start = CpuText.Sum(_kernel, iota.Factors, iota.Offset);
                int factor = lanes.Axis < 0 ? 0 : iota.Factors[lanes.Axis];
                return factor switch
                {
                    0 => ($"{vector}.Broadcast({start})", ""),
                    1 => ($"{vector}.Sequence((int)({start}))", ""),
                    _ => ($"{vector}.Broadcast({start}) + {vector}.Sequence(0) * {vector}.Broadcast({CpuText.Text(factor)})", "index"),
                };
            case LoadOperand load:
                return (Load(load, lanes, stage), text.Tensor(load.Tensor) + "Value");
            default:
                throw new InvalidOperationException($"unknown operand {operand}");
        }
    }

    private string Load(LoadOperand load, Lanes lanes, Stage stage)
    {
        string extra = string.Join(" + ", load.Divided.Select(term =>
            $"({CpuText.Sum(_kernel, term.Terms, term.Offset)}) / {CpuText.Text(term.Divisor)} * {CpuText.Text(term.Stride)}").Concat(Row(load.Row, stage)));
        string place = text.Place(_kernel, load.Tensor, load.Strides, load.Offset, extra);
        int stride = lanes.Axis < 0 ? 0 : load.Strides[lanes.Axis];
        string value = text.Formats.Load(load.Tensor, place, stride, lanes);
        if (load.Guards.Count == 0)
            return value;
        string condition = string.Join(" && ", load.Guards.Select(Condition));
        return $"{condition} ? {value} : {text.Constant(lanes.Vector, load.Outside)}";
    }

    /// <summary>The address of a row that is looked up, if there is one.</summary>
    private IEnumerable<string> Row(RowNumber? row, Stage stage)
    {
        if (row is null)
            yield break;
        LoadOperand number = (LoadOperand)stage.Operands[row.Operand];
        yield return $"(nint){text.Place(_kernel, number.Tensor, number.Strides, number.Offset).Substring(4)} * {CpuText.Text(row.Stride)}";
    }

    private string Condition(Guard guard)
    {
        string position = CpuText.Sum(_kernel, guard.Terms, guard.Offset);
        if (guard.Terms.Count == 0)
            return guard.Offset >= 0 && guard.Offset < ((guard.Extent - 1) * guard.Divisor) + 1 && guard.Offset % guard.Divisor == 0 ? "true" : "false";
        string inside = $"(nuint)({position}) < {CpuText.Text(((guard.Extent - 1) * guard.Divisor) + 1)}";
        return guard.Divisor == 1 ? inside : $"{inside} && ({position}) % {CpuText.Text(guard.Divisor)} == 0";
    }

    /// <summary>A minimum or maximum with a constant, which is known not to be NaN; null for anything else.</summary>
    private static string? Clamp(string vector, ScalarFunction body, ScalarNode node, string[] values)
    {
        if (node.Op is not (ScalarOp.Max or ScalarOp.Min))
            return null;
        (int value, int bound) = IsNumber(node.A) ? (node.B, node.A) : (node.A, node.B);
        return IsNumber(bound) ? $"{vector}.Clamp{(node.Op == ScalarOp.Max ? "Min" : "Max")}({values[value]}, {values[bound]})" : null;

        bool IsNumber(int operand) => body.Nodes[operand] is { Op: ScalarOp.Constant, Value: double constant } && !double.IsNaN(constant);
    }

    /// <summary>Of each value, whether it is a comparison that is asked by choices only.</summary>
    private static bool[] OnlySelected(ScalarFunction body)
    {
        bool[] selected = [.. body.Nodes.Select(node => node.Op is ScalarOp.Less or ScalarOp.LessOrEqual or ScalarOp.Equal)];
        foreach (ScalarNode node in body.Nodes)
        {
            foreach (int operand in node.Operands())
                selected[operand] &= node.Op == ScalarOp.Select && operand == node.A;
        }

        // What one round of a software pipeline hands to the next may be a mask.
        foreach (int output in body.Outputs)
            selected[output] = false;
        return selected;
    }

    private static string SelectCompared(string vector, ScalarNode compared, ScalarNode select, string[] values) =>
        $"{vector}.Select{compared.Op}({values[compared.A]}, {values[compared.B]}, {values[select.B]}, {values[select.C]})";

    /// <summary>Whether an expression is a name or a constant.</summary>
    private static bool IsAtom(string expression) => !Spaces(expression).Any() && (expression.IndexOf('(') < 0 || expression.IndexOf(".Broadcast(", StringComparison.Ordinal) >= 0);

    private static string Operation(string vector, ScalarNode node, string[] values)
    {
        string a = values[node.A], b = node.B < 0 ? "" : values[node.B], c = node.C < 0 ? "" : values[node.C];
        return node.Op switch
        {
            ScalarOp.Negate => "-" + Parenthesize(a),
            // The order of additions is the definition's, since roundings depend on it.
            ScalarOp.Add => $"{a} + {(IsSum(b) ? $"({b})" : b)}",
            ScalarOp.Subtract => $"{a} - {Parenthesize(b)}",
            ScalarOp.Multiply => $"{Parenthesize(a)} * {Parenthesize(b)}",
            ScalarOp.Divide => $"{Parenthesize(a)} / {Parenthesize(b)}",
            _ when node.Op.Arity() == 1 => $"{vector}.{node.Op}({a})",
            _ when node.Op.Arity() == 2 => $"{vector}.{node.Op}({a}, {b})",
            _ => $"{vector}.{node.Op}({a}, {b}, {c})",
        };
    }

    /// <summary>Spaces outside of any bracket show that an expression is a sum or a product.</summary>
    private static string Parenthesize(string expression) =>
        Spaces(expression).Any() || expression.StartsWith("-", StringComparison.Ordinal) ? $"({expression})" : expression;

    private static bool IsSum(string expression) => Spaces(expression).Any(space => space + 1 < expression.Length && expression[space + 1] is '+' or '-');

    /// <summary>The places of spaces outside of any bracket.</summary>
    private static IEnumerable<int> Spaces(string expression)
    {
        int depth = 0;
        for (int place = 0; place < expression.Length; place++)
        {
            depth += expression[place] == '(' ? 1 : expression[place] == ')' ? -1 : 0;
            if (depth == 0 && expression[place] == ' ')
                yield return place;
        }
    }
}
