using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OptGen.Kernels;

namespace OptGen.Bench;

/// <summary>Measures the update of every rule over flat memory, beside the memory's bandwidth and, for AdamW, the peers.</summary>
internal sealed class UpdateComparison(CompiledC? c, PeerProcess? torch, PeerProcess? torchOfTwo, int repetitions)
{
    /// <summary>What two threads must do together, of what one does, for figures of two threads to count.</summary>
    private const double BothCores = 1.9;

    /// <summary>Parameters from which generated code divides an update among threads.</summary>
    private const int SmallestShared = 65_536;

    /// <summary>Parameters from which an update's memory exceeds the caches.</summary>
    private const int SmallestUncached = 10_000_000;

    private const int Columns = 1_000;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private readonly List<Row> _rows = [];

    public void Run(IReadOnlyList<UpdateCase> cases, Func<UpdateCase, IEnumerable<int>> sizes, FileInfo? json)
    {
        double before = MachinePeak.SecondCore();
        Console.WriteLine(Invariant($"{OptGenRuntime.VectorBits}-bit vectors. Medians of {repetitions} interleaved repetitions; peers and bandwidth are measured in the same repetitions."));
        Console.WriteLine($"C: {(c is null ? "no gcc found, so without it" : CompiledC.Name)}. PyTorch: {torch?.Name ?? "no Python has it, so without it"}.");
        Console.WriteLine("Share: of the bandwidth that a loop reaches which moves the same bytes and only adds. op/B and ns/B: operations and time per byte, relative to those of AdamW; "
            + Invariant($"a division counts as {OperationCost.Of("division"):F0} operations, a square root as {OperationCost.Of("square root"):F0}, as measured here, and so on."));
        Console.WriteLine();
        Console.WriteLine($"{"",48}{"one thread",28}{"two threads",28}{"of AdamW's",17}{"times faster than",21}{"two threads",12}");
        Console.WriteLine(
            $"{"rule",-30}{"parameters",12}{"B/p",6}{"ns/p",10}{"GB/s",8}{"share",10}{"ns/p",10}{"GB/s",8}{"share",10}{"op/B",9}{"ns/B",8}{"C",10}{"PyTorch",11}{"PyTorch",12}");
        foreach (UpdateCase update in cases)
        {
            foreach (int size in sizes(update))
                Print(Measure(update, size));
        }

        double after = MachinePeak.SecondCore();
        Console.WriteLine();
        Console.WriteLine(Invariant($"Two threads did {before:F2} times the multiply-adds of one before the run and {after:F2} times after it.")
            + (Math.Min(before, after) < BothCores ? " The second core was not free: the figures of two threads do not count." : ""));
        PrintGoals();
        if (json is not null)
            File.WriteAllText(json.FullName, JsonSerializer.Serialize(new Result(OptGenRuntime.VectorBits, before, after, c is null ? null : CompiledC.Name, torch?.Name, _rows), s_indented));
    }

    private Row Measure(UpdateCase update, int size)
    {
        // Two gradients take turns, as at both sides of a valley: with one that stays the same, quotients of differences are those of zeros, and moves grow without end.
        AlignedBuffer<float> parameters = new(size);
        AlignedBuffer<float>[] gradients = [new(size), new(size)];
        for (int i = 0; i < size; i++)
        {
            parameters.Span[i] = i % 7 + 1;
            gradients[0].Span[i] = 0.1f * (i % 7 + 1);
            gradients[1].Span[i] = -0.09f * (i % 7 + 1);
        }

        MatrixShape shape = size % Columns == 0 ? (size / Columns, Columns) : size;
        UpdateCost cost = UpdateCost.Of(update.Type, shape);
        Action step = InTurn(update.Create(shape));
        Action? adamW = update.Name == UpdateCases.AdamW ? null : InTurn(UpdateCases.All.Single(other => other.Name == UpdateCases.AdamW).Create(shape));
        UpdateCost adamWCost = UpdateCost.Of(typeof(AdamWUpdate), shape);
        BandwidthProbe probe = new(cost, size);
        bool shared = size >= SmallestShared;
        string request = $"adamw-{size}";
        List<Func<int, double>> contenders = [Timed(() => Step(step, 1)), Timed(() => probe.Run(1))];
        int ofAdamW = adamW is not null ? Add(Timed(() => Step(adamW, 1))) : 0;
        int two = shared ? Add(Timed(() => Step(step, 2))) : -1;
        int probeOfTwo = shared ? Add(Timed(() => probe.Run(2))) : -1;
        int ofC = c is not null && update.Name == UpdateCases.AdamW ? Add(Timed(c.Over(parameters, gradients))) : -1;
        int ofTorch = torch is not null && update.Name == UpdateCases.AdamW ? Add(steps => torch.Run(request, steps)) : -1;
        int ofTorchOfTwo = torchOfTwo is not null && shared && update.Name == UpdateCases.AdamW ? Add(steps => torchOfTwo.Run(request, steps)) : -1;
        Measurement[] measured = Measurement.Interleave(repetitions, [.. contenders]);
        OptGenRuntime.MaxThreads = 1;
        Row row = new(
            update.Name,
            size,
            cost.Bytes,
            update.HasWholes ? null : cost.WeightedOperations / cost.Bytes / (adamWCost.WeightedOperations / adamWCost.Bytes),
            update.IsNarrow,
            cost.IsElementwise,
            adamWCost.Bytes / cost.Bytes / measured[ofAdamW].MedianRatioTo(measured[0]),
            measured[0].Median * 1e9 / size,
            measured[1].MedianRatioTo(measured[0]),
            two < 0 ? null : measured[two].Median * 1e9 / size,
            two < 0 ? null : measured[probeOfTwo].MedianRatioTo(measured[two]),
            ofC < 0 ? null : measured[ofC].MedianRatioTo(measured[0]),
            ofTorch < 0 ? null : measured[ofTorch].MedianRatioTo(measured[0]),
            ofTorchOfTwo < 0 ? null : measured[ofTorchOfTwo].MedianRatioTo(measured[two]));
        _rows.Add(row);
        return row;

        static void Step(Action step, int threads)
        {
            OptGenRuntime.MaxThreads = threads;
            step();
        }

        // Each optimizer has turns of its own, so that none sees the same gradient twice, whatever runs between its steps.
        Action InTurn(UpdateStep update)
        {
            int turn = 0;
            return () => update(parameters.Span, gradients[turn++ % gradients.Length].Span);
        }

        int Add(Func<int, double> contender)
        {
            contenders.Add(contender);
            return contenders.Count - 1;
        }
    }

    private static Func<int, double> Timed(Action step) => steps =>
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    };

    private static void Print(Row row)
    {
        string twoThreads = row.TwoThreads is null
            ? $"{"",28}"
            : Invariant($"{row.TwoThreads,10:F3}{row.Bytes / row.TwoThreads,8:F1}{row.BandwidthShareOfTwoThreads * 100,8:F0} %");
        Console.WriteLine(
            Invariant($"{row.Rule,-30}{row.Parameters,12:N0}{row.Bytes,6:0.#}{row.OneThread,10:F3}{row.Bytes / row.OneThread,8:F1}{row.BandwidthShare * 100,8:F0} %")
            + twoThreads
            + (row.RelativeOperationsPerByte is { } operations ? Invariant($"{operations,9:F2}") : $"{"–",9}")
            + Invariant($"{row.RelativeTimePerByte,8:F2}")
            + Times(row.TimesC, 9)
            + Times(row.TimesTorch, 10)
            + Times(row.TimesTorchOfTwo, 11));
    }

    private void PrintGoals()
    {
        Console.WriteLine();
        Goal("AdamW is at least as fast as C at every size", _rows.Where(row => row.TimesC is not null), row => row.TimesC!.Value, 1);
        Goal("AdamW is 1.15 times as fast as C in the caches", _rows.Where(row => row.TimesC is not null && row.Parameters <= 100_000), row => row.TimesC!.Value, 1.15);
        Goal("AdamW is 10 times as fast as PyTorch beyond the caches", _rows.Where(row => row.TimesTorch is not null && row.Parameters >= SmallestUncached), row => row.TimesTorch!.Value, 10);
        Goal("with two threads each, too", _rows.Where(row => row.TimesTorchOfTwo is not null && row.Parameters >= SmallestUncached), row => row.TimesTorchOfTwo!.Value, 10);
        NarrowStates();
        Row[] rules = [.. _rows.Where(row => row.RelativeOperationsPerByte is not null && !row.IsNarrow)];
        Row[] uncached = [.. rules.Where(row => row.Parameters >= SmallestUncached)];
        Goal("every elementwise rule uses 95 % of the bandwidth beyond the caches", uncached.Where(row => row.IsElementwise), row => row.BandwidthShare, 0.95);
        Goal("with two threads, every rule does", uncached.Where(row => row.BandwidthShareOfTwoThreads is not null), row => row.BandwidthShareOfTwoThreads!.Value, 0.95);
        Goal("no rule is slower per byte than AdamW by more than its operations, or a loop that only moves its bytes, explain", rules, Explained, 0.9);
    }

    /// <summary>The largest of three times over that of the rule: AdamW's for as many bytes, that for the operations, that of the loop which moves the same bytes.</summary>
    private static double Explained(Row row) =>
        Math.Max(Math.Max(1, row.RelativeOperationsPerByte!.Value) / row.RelativeTimePerByte, row.BandwidthShare);

    /// <summary>Time of AdamW with states of <c>float</c> over that with states of bfloat16, from times relative to the same run of AdamW.</summary>
    private void NarrowStates() => Goal(
        "states of bfloat16 are 1.25 times as fast as those of float beyond the caches",
        _rows.Where(row => row.Rule.StartsWith("AdamW, bfloat16", StringComparison.Ordinal) && row.Parameters >= SmallestUncached),
        row => UpdateCost.Of(typeof(AdamWUpdate), 1).Bytes / row.Bytes / row.RelativeTimePerByte,
        1.25);

    private static void Goal(string name, IEnumerable<Row> rows, Func<Row, double> value, double least)
    {
        Row[] measured = [.. rows];
        if (measured.Length == 0)
            return;
        Row[] missed = [.. measured.Where(row => value(row) < least)];
        string where = string.Join("; ", missed.Select(row => Invariant($"{row.Rule} at {row.Parameters:N0}: {value(row):F2}")));
        Console.WriteLine(Invariant($"{(missed.Length == 0 ? "reached" : "missed "),-9}{name} (least {measured.Min(value):F2}, wanted {least:0.##}){(missed.Length == 0 ? "" : ": " + where)}"));
    }

    private static string Times(double? ratio, int width) => ratio is { } times ? times.ToString("F2", CultureInfo.InvariantCulture).PadLeft(width) + "×" : new string(' ', width + 1);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Times in nanoseconds per parameter; shares and ratios are medians of the ratios of neighbouring blocks.</summary>
    private sealed record Row(
        string Rule,
        int Parameters,
        double Bytes,
        double? RelativeOperationsPerByte,
        bool IsNarrow,
        bool IsElementwise,
        double RelativeTimePerByte,
        double OneThread,
        double BandwidthShare,
        double? TwoThreads,
        double? BandwidthShareOfTwoThreads,
        double? TimesC,
        double? TimesTorch,
        double? TimesTorchOfTwo);

    private sealed record Result(int VectorBits, double SecondCoreBefore, double SecondCoreAfter, string? C, string? Torch, List<Row> Rows);
}
