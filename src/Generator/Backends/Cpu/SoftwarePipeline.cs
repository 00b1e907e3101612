using OptGen.Generator.Fusion;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// A loop in two or three stages: each round begins a vector and ends the one before, or the one before that. A chain in which a quotient waits for a root, or a few comparisons for a quotient, is
/// longer than what a processor looks ahead, and longer still when two threads share a core: it would wait. Every value is computed as it would be in a plain loop.
/// </summary>
internal sealed class SoftwarePipeline
{
    /// <summary>Cycles from the first operand of a body to its last result that a processor hides by itself, since it begins the next vectors meanwhile.</summary>
    private const int HiddenLatency = 36;

    /// <summary>Cycles from which a body has three stages.</summary>
    private const int LatencyOfThree = 56;

    /// <summary>More values from one stage to the next would take the registers that the stages themselves need.</summary>
    private const int MostCarried = 4;

    /// <summary>What another carried value must save of what operations wait, all together, in cycles.</summary>
    private const int CostOfCarried = 10;

    /// <summary>What a carried value must save that has no name for a reader.</summary>
    private const int CostOfNameless = 10;

    private const string Nameless = "Value";

    /// <summary>By how many cycles what comes after a cut may be longer than what is as far from the end as the cut.</summary>
    private static readonly int[] s_slacks = [0, 4, 8, 12];

    private readonly Part[] _parts;

    private SoftwarePipeline(Part[] parts) => _parts = parts;

    /// <summary>
    /// What is computed of a vector in each of its rounds. Behind what its sinks take, a body gives what is carried to the next stage, whose last operands that is.
    /// </summary>
    public IEnumerable<Stage> Stages => _parts.Select(part => part.Stage);

    /// <summary>The pipeline of a body that is a long chain over the elements of a vector; null for any other.</summary>
    /// <param name="nameOf">What a tensor is called.</param>
    public static SoftwarePipeline? Of(Stage stage, Func<int, string> nameOf)
    {
        if (!stage.Sinks.All(sink => sink is StoreSink { Row: null } or AccumulateSink) || !stage.Operands.All(IsOfElement) || !IsInPlace(stage))
            return null;
        Part whole = new(stage, [.. Enumerable.Range(0, stage.Sinks.Count)], [], []);
        if (whole.Latency <= HiddenLatency || !stage.Body.Nodes.Any(node => node.Op.IsSlow()))
            return null;
        IEnumerable<Part[]> pipelines = Cuts(whole, 0, nameOf).Select(cut => new[] { cut.First, cut.Second });
        if (whole.Latency > LatencyOfThree)
            pipelines = pipelines.SelectMany(two => Cuts(two[1], 1, nameOf).Select(cut => new[] { two[0], cut.First, cut.Second }).Append(two));

        // The one whose operations wait the least for each other, as long as their stage at most.
        Part[]? best = null;
        int least = whole.Wait;
        foreach (Part[] parts in pipelines)
        {
            int wait = parts.Sum(part => part.Wait + (CostOfCarried * part.Gives.Length) + (CostOfNameless * part.Gives.Count(name => name == Nameless)));
            if (wait >= least)
                continue;
            least = wait;
            best = parts;
        }

        return best is null ? null : new(best);
    }

    /// <summary>Prints the loop over all whole vectors; a few of them may remain.</summary>
    /// <param name="take">Hands the value of one of the sinks on: its number, the stage that computes it, the value.</param>
    public void Print(CodeWriter writer, BodyPrinter body, Kernel kernel, int axis, string to, Action<IEnumerable<string>>? prefetch, Action<int, Stage, string> take)
    {
        Lanes lanes = new("V", axis, "");
        string index = kernel.Axes[axis].Name;
        int ahead = _parts.Length - 1;
        using CodeWriter.Scope any = writer.Block($"if ({index} + {Vectors(ahead)} <= {to})");
        writer.Line($"// Software pipeline: each round ends a vector and begins {(ahead == 1 ? "the next one" : "the one after the next")}.");
        string[][] held = [.. _parts.Take(ahead).Select(part => part.Gives.Select(name => body.Fresh("held" + name)).ToArray())];
        writer.Line($"V {string.Join(", ", held.SelectMany(names => names))};");
        IReadOnlyDictionary<string, int> names = body.Names;
        for (int vector = 0; vector < ahead; vector++)
        {
            for (int number = 0; number < ahead - vector; number++)
                Print(number, vector, isAlone: true);
        }

        body.Release(names);
        using (writer.Block($"for (; {index} + {Vectors(ahead + 1)} <= {to}; {index} += V.Count)"))
        {
            prefetch?.Invoke([index]);
            for (int number = ahead; number >= 0; number--)
                Print(number, ahead - number, isAlone: false);
        }

        for (int vector = 0; vector < ahead; vector++)
        {
            for (int number = ahead - vector; number <= ahead; number++)
                Print(number, vector, isAlone: true);
        }

        writer.Line($"{index} += {Vectors(ahead)};");

        void Print(int number, int vector, bool isAlone)
        {
            if (isAlone)
            {
                body.Release(names);
                using CodeWriter.Scope scope = writer.Block();
                PrintStage(number, vector);
                return;
            }

            PrintStage(number, vector);
        }

        void PrintStage(int number, int vector)
        {
            Part part = _parts[number];
            if (vector > 0 && part.HasPlace)
            {
                string later = body.Fresh("next");
                writer.Line($"nint {later} = {index} + {Vectors(vector)};");
                body.Rename(axis, later);
            }

            for (int i = 0; number > 0 && i < held[number - 1].Length; i++)
                body.Accumulated[(CarriedTo(number), i)] = (held[number - 1][i], "V");
            string[] values = body.Print(part.Stage, lanes);
            for (int i = 0; i < part.Sinks.Length; i++)
                take(part.Sinks[i], part.Stage, values[i]);
            for (int i = 0; i < part.Gives.Length; i++)
                writer.Line($"{held[number][i]} = {values[part.Sinks.Length + i]};");
            body.Rename(axis, index);
        }
    }

    private static string Vectors(int count) => count == 1 ? "V.Count" : $"{CpuText.Text(count)} * V.Count";

    /// <summary>Where values carried to a stage stand among what stages have accumulated: behind none of the kernel's.</summary>
    private static int CarriedTo(int number) => -number;

    /// <summary>All cuts of a part in two.</summary>
    /// <param name="number">The number of the first one's stage.</param>
    private static IEnumerable<(Part First, Part Second)> Cuts(Part part, int number, Func<int, string> nameOf)
    {
        Stage stage = part.Stage;
        ScalarFunction body = stage.Body;
        int results = part.Sinks.Length;
        int[] begins = FromOperands(body), ends = ToResults(body);
        int whole = begins.Max();
        int[] operations = [.. Operations(body)];
        HashSet<string> known = [], tried = [];

        // For each time at which the second may begin, what cannot wait for it, if the second may take a little longer or not.
        foreach ((int rest, int slack) in ends.Where(end => end > 0 && end < whole).Distinct().OrderBy(end => end).SelectMany(rest => s_slacks.Select(slack => (rest, slack))))
        {
            int[] urgent = [.. operations.Where(i => ends[i] >= rest && begins[i] + ends[i] > Math.Max(rest, whole - rest) + slack)];
            if (!tried.Add(string.Join(" ", urgent)))
                continue; // As for an earlier time, which gave the same cut.
            HashSet<int> begun = Needed(body, urgent, []);
            bool[] early = [.. body.Outputs.Select(output => Needed(body, [output], begun).All(i => begun.Contains(i) || body.Nodes[i].Op == ScalarOp.FlushSubnormal || IsUniform(i)))];
            begun = Needed(body, begun.Concat(Pick(body.Outputs, early, true)), []);
            HashSet<int> stored = [.. Pick(stage.Sinks, early, true).OfType<StoreSink>().Select(sink => sink.Tensor)];
            begun.UnionWith(Enumerable.Range(0, body.Nodes.Count).Where(i => IsCarried(i) || (LoadOf(i) is { } load && stored.Contains(load.Tensor))));
            int[] given = [.. Needed(body, Pick(body.Outputs, early, false), begun).Where(i => begun.Contains(i) && !IsUniform(i)).OrderBy(i => i)];
            if (given.Length is 0 or > MostCarried || given.Any(value => body.Nodes[value].Op.IsTruth()) || !known.Add(string.Join(" ", given)))
                continue;
            int[] places = [.. Enumerable.Range(0, results)], first = [.. Pick(places, early, true)], second = [.. Pick(places, early, false)];
            string[] names = [.. given.Select(Name)];
            Stage begin = stage with
            {
                Body = Compose.Cut(body, [.. first.Select(place => body.Outputs[place]), .. given], []),
                Sinks = first.Select(place => stage.Sinks[place]).ToEquatableArray(),
            };
            Stage end = stage with
            {
                Operands = stage.Operands.Concat(given.Select((_, i) => new AccumulatedOperand(CarriedTo(number + 1), i))).ToEquatableArray(),
                Body = Compose.Cut(body, [.. second.Select(place => body.Outputs[place])], given),
                Sinks = second.Select(place => stage.Sinks[place]).ToEquatableArray(),
            };
            yield return (new(begin, [.. first.Select(place => part.Sinks[place])], part.Takes, names), new(end, [.. second.Select(place => part.Sinks[place])], names, []));
        }

        LoadOperand? LoadOf(int node) => body.Nodes[node].Op == ScalarOp.Input ? stage.Operands[body.Nodes[node].A] as LoadOperand : null;

        bool IsCarried(int node) => body.Nodes[node].Op == ScalarOp.Input && stage.Operands[body.Nodes[node].A] is AccumulatedOperand;

        bool IsUniform(int node) => body.Nodes[node].Op == ScalarOp.Constant || (body.Nodes[node].Op == ScalarOp.Input && LoadOf(node) is null && !IsCarried(node));

        string Name(int node)
        {
            if (IsCarried(node))
                return part.Takes[((AccumulatedOperand)stage.Operands[body.Nodes[node].A]).Sink];
            int place = body.Outputs.TakeWhile(output => output != node).Count();
            int? tensor = place < results ? (stage.Sinks[place] as StoreSink)?.Tensor : LoadOf(node)?.Tensor;
            return tensor is { } stored ? UniqueNames.Pascal(nameOf(stored)) : body.Nodes[node].Op switch { ScalarOp.Sqrt or ScalarOp.Cbrt => "Root", { } op when op.IsQuotient() => "Quotient", _ => Nameless };
        }
    }

    private static bool IsOfElement(Operand operand) => operand is UniformOperand or IotaOperand or LoadOperand { Guards.Count: 0, Row: null };

    /// <summary>Whether what is stored is read at the same place only, so that a vector never reads what the one before it has yet to store.</summary>
    private static bool IsInPlace(Stage stage) => stage.Sinks.OfType<StoreSink>().All(store => stage.Operands.OfType<LoadOperand>()
        .All(load => load.Tensor != store.Tensor || (load.Strides == store.Strides && load.Offset == store.Offset && load.Divided.Count == 0)));

    /// <summary>Of each value, the cycles from the operands to it.</summary>
    private static int[] FromOperands(ScalarFunction body)
    {
        int[] cycles = new int[body.Nodes.Count];
        for (int i = 0; i < cycles.Length; i++)
            cycles[i] = body.Nodes[i].Operands().Select(operand => cycles[operand]).DefaultIfEmpty().Max() + body.Nodes[i].Op.Latency();
        return cycles;
    }

    /// <summary>Of each value, the cycles from it to the last result that needs it.</summary>
    private static int[] ToResults(ScalarFunction body)
    {
        int[] cycles = new int[body.Nodes.Count];
        for (int i = cycles.Length - 1; i >= 0; i--)
        {
            foreach (int operand in body.Nodes[i].Operands())
                cycles[operand] = Math.Max(cycles[operand], cycles[i] + body.Nodes[i].Op.Latency());
        }

        return cycles;
    }

    private static IEnumerable<int> Operations(ScalarFunction body) => Enumerable.Range(0, body.Nodes.Count).Where(i => body.Nodes[i].Op.Arity() > 0);

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

    /// <summary>A stage of the loop.</summary>
    /// <param name="Stage">What it computes.</param>
    /// <param name="Sinks">The numbers of its sinks in the whole body.</param>
    /// <param name="Takes">What the values are called that are carried to it.</param>
    /// <param name="Gives">What those are called that it carries on.</param>
    private sealed record Part(Stage Stage, int[] Sinks, string[] Takes, string[] Gives)
    {
        /// <summary>Cycles from its first operand to its last result.</summary>
        public int Latency { get; } = FromOperands(Stage.Body).Max();

        /// <summary>Whether it depends on where the vector lies.</summary>
        public bool HasPlace => Stage.Sinks.Any(sink => sink is StoreSink)
            || Stage.Body.Nodes.Any(node => node.Op == ScalarOp.Input && Stage.Operands[node.A] is LoadOperand or IotaOperand);

        /// <summary>Cycles that its operations wait at most, all together.</summary>
        public int Wait => Latency * Operations(Stage.Body).Count();
    }
}
