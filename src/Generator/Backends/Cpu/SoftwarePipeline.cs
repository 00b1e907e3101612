using OptGen.Generator.Fusion;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// A loop in two stages: each round begins a vector and ends the one before. Where a quotient waits for a root, one vector's chain is longer than what a processor looks
/// ahead, and longer still when two threads share a core: the divider would wait. Every value is computed as it would be in a plain loop.
/// </summary>
internal sealed class SoftwarePipeline
{
    /// <summary>More values from one round to the next would take the registers that the rounds themselves need.</summary>
    private const int MostCarried = 4;

    private readonly string[] _carried;

    private SoftwarePipeline(Stage begin, Stage end, string[] carried)
    {
        Begin = begin;
        End = end;
        _carried = carried;
    }

    /// <summary>What is computed first; behind what its sinks store, its body gives what is carried to <see cref="End"/>.</summary>
    public Stage Begin { get; }

    /// <summary>What is computed in the next round. Its last operands are what was carried.</summary>
    public Stage End { get; }

    /// <summary>The pipeline of a body that stores a number for every element and has a chain of slow operations; null for any other.</summary>
    /// <param name="nameOf">What a tensor is called.</param>
    public static SoftwarePipeline? Of(Stage stage, Func<int, string> nameOf)
    {
        if (stage.Inner.Count > 0 || !stage.Sinks.All(sink => sink is StoreSink { Row: null }) || !stage.Operands.All(IsOfElement) || !IsInPlace(stage))
            return null;
        ScalarFunction body = stage.Body;
        int[] depths = Depths(body);
        if (depths.All(depth => depth < 2))
            return null;
        bool[] early = [.. stage.Body.Outputs.Select(output => depths[output] == 0)];
        HashSet<int> begun = Needed(body, Enumerable.Range(0, depths.Length).Where(i => depths[i] == 1 && body.Nodes[i].Op.IsSlow()).Concat(Pick(body.Outputs, early, true)), []);
        HashSet<int> stored = [.. Pick(stage.Sinks, early, true).Select(sink => ((StoreSink)sink).Tensor)];
        begun.UnionWith(Enumerable.Range(0, depths.Length).Where(i => LoadOf(i) is { } load && stored.Contains(load.Tensor)));
        int[] given = [.. Needed(body, Pick(body.Outputs, early, false), begun).Where(i => begun.Contains(i) && (body.Nodes[i].Op.Arity() > 0 || LoadOf(i) is not null)).OrderBy(i => i)];
        if (given.Length > MostCarried)
            return null;
        Sink[] beginSinks = [.. Pick(stage.Sinks, early, true)], endSinks = [.. Pick(stage.Sinks, early, false)];
        Stage begin = stage with { Body = Compose.Cut(body, [.. Pick(body.Outputs, early, true), .. given], []), Sinks = beginSinks.ToEquatableArray() };
        Stage end = new(
            stage.Inner,
            stage.Operands.Concat(given.Select((_, number) => new AccumulatedOperand(0, number))).ToEquatableArray(),
            Compose.Cut(body, [.. Pick(body.Outputs, early, false)], given),
            endSinks.ToEquatableArray());
        return new(begin, end, [.. given.Select(Name)]);

        LoadOperand? LoadOf(int node) => body.Nodes[node].Op == ScalarOp.Input ? stage.Operands[body.Nodes[node].A] as LoadOperand : null;

        string Name(int node)
        {
            int sink = stage.Body.Outputs.TakeWhile(output => output != node).Count();
            int? tensor = sink < stage.Sinks.Count ? ((StoreSink)stage.Sinks[sink]).Tensor : LoadOf(node)?.Tensor;
            return tensor is { } known ? UniqueNames.Pascal(nameOf(known)) : body.Nodes[node].Op switch { ScalarOp.Sqrt or ScalarOp.Cbrt => "Root", ScalarOp.Divide or ScalarOp.DivideEstimate => "Quotient", _ => "Value" };
        }
    }

    /// <summary>Prints the loop over all whole vectors.</summary>
    public void Print(CodeWriter writer, BodyPrinter body, Kernel kernel, int axis, string to, Action<IEnumerable<string>>? prefetch)
    {
        Lanes lanes = new("V", axis, "");
        string index = kernel.Axes[axis].Name, next = body.Fresh("next");
        using CodeWriter.Scope any = writer.Block($"if ({index} + V.Count <= {to})");
        writer.Line("// Software pipeline: before a vector whose roots are under way is ended, the next one is begun.");
        string[] held = [.. _carried.Select(name => body.Fresh("held" + name))];
        writer.Line($"V {string.Join(", ", held)};");
        IReadOnlyDictionary<string, int> names = body.Names;
        using (writer.Block())
            Assign(PrintBegin());
        body.Release(names);
        using (writer.Block($"for (; {index} + 2 * V.Count <= {to}; {index} += V.Count)"))
        {
            prefetch?.Invoke([index]);
            writer.Line($"nint {next} = {index} + V.Count;");
            body.Rename(axis, next);
            string[] values = PrintBegin();
            string[] begun = [.. _carried.Select(name => body.Fresh("next" + name))];
            for (int i = 0; i < values.Length; i++)
                writer.Line($"V {begun[i]} = {values[i]};");
            body.Rename(axis, index);
            PrintEnd();
            Assign(begun);
        }

        body.Release(names);
        using (writer.Block())
            PrintEnd();
        writer.Line($"{index} += V.Count;");

        void Assign(string[] values)
        {
            for (int i = 0; i < values.Length; i++)
                writer.Line($"{held[i]} = {values[i]};");
        }

        string[] PrintBegin()
        {
            string[] values = body.Print(Begin, lanes);
            Store(Begin, values);
            return [.. values.Skip(Begin.Sinks.Count)];
        }

        void PrintEnd()
        {
            for (int i = 0; i < held.Length; i++)
                body.Accumulated[(0, i)] = (held[i], "V");
            Store(End, body.Print(End, lanes));
        }

        void Store(Stage stage, string[] values)
        {
            for (int sink = 0; sink < stage.Sinks.Count; sink++)
                body.Store((StoreSink)stage.Sinks[sink], values[sink], lanes, stage);
        }
    }

    private static bool IsOfElement(Operand operand) => operand is UniformOperand or IotaOperand or LoadOperand { Guards.Count: 0, Row: null };

    /// <summary>Whether what is stored is read at the same place only, so that a vector never reads what the one before it has yet to store.</summary>
    private static bool IsInPlace(Stage stage) => stage.Sinks.Cast<StoreSink>().All(store => stage.Operands.OfType<LoadOperand>()
        .All(load => load.Tensor != store.Tensor || (load.Strides == store.Strides && load.Offset == store.Offset && load.Divided.Count == 0)));

    /// <summary>Of each value, how many slow operations follow each other on the way to it.</summary>
    private static int[] Depths(ScalarFunction body)
    {
        int[] depths = new int[body.Nodes.Count];
        for (int i = 0; i < depths.Length; i++)
            depths[i] = body.Nodes[i].Operands().Select(operand => depths[operand]).DefaultIfEmpty().Max() + (body.Nodes[i].Op.IsSlow() ? 1 : 0);
        return depths;
    }

    /// <summary>The values and all that they are computed from, where that is not known already.</summary>
    private static HashSet<int> Needed(ScalarFunction body, IEnumerable<int> values, HashSet<int> known)
    {
        HashSet<int> needed = [];
        Stack<int> open = new(values);
        while (open.Count > 0)
        {
            int value = open.Pop();
            if (!needed.Add(value) || known.Contains(value))
                continue;
            foreach (int operand in body.Nodes[value].Operands())
                open.Push(operand);
        }

        return needed;
    }

    private static IEnumerable<T> Pick<T>(IEnumerable<T> items, bool[] flags, bool flag) => items.Where((_, number) => flags[number] == flag);
}
