using System.Globalization;
using System.Text.Json;
using OptGen.Kernels;

namespace OptGen.Bench;

/// <summary>The time of whole training steps: forward, backward, AdamW.</summary>
internal static class TrainBenchmark
{
    public static void Run(string[] models, int repetitions, bool withPeers, FileInfo? json)
    {
        OptGenRuntime.MaxThreads = 1;
        using TorchPeer? peer = withPeers ? TorchPeer.Start() : null;
        double peak = MachinePeak.GigaflopsPerSecond();
        Console.WriteLine(Invariant($"one thread, {OptGenRuntime.VectorBits}-bit vectors, peak {peak:F0} GFLOP/s; peer: {peer?.Name ?? "none (no Python with PyTorch)"}"));
        Console.WriteLine($"medians (minima) of {repetitions} interleaved repetitions, µs per step");
        Console.WriteLine($"{"",-28}{"OptGen",18}{"GFLOP/s",10}{"of peak",9}{"PyTorch",20}{"ratio",8}");

        List<Row> rows = [];
        foreach (Workload workload in Workload.All().Where(workload => models.Length == 0 || models.Contains(workload.Name)))
        {
            Row row = Measure(workload, repetitions, peer);
            rows.Add(row);
            Console.WriteLine(Invariant(
                $"{workload.Title,-28}{row.Median,9:F2} ({row.Minimum,6:F2}){row.Gigaflops,10:F1}{row.Gigaflops / peak,9:P0}") + Invariant(
                $"{row.PeerMedian,11:F1} ({row.PeerMinimum,6:F1}){row.Ratio,7:F1}×"));
        }

        if (json is not null)
            File.WriteAllText(json.FullName, JsonSerializer.Serialize(new Result(peak, OptGenRuntime.VectorBits, peer?.Name, rows), new JsonSerializerOptions { WriteIndented = true }));
    }

    private static Row Measure(Workload workload, int repetitions, TorchPeer? peer)
    {
        Func<int, double>[] contenders = peer is null ? [workload.Run] : [workload.Run, steps => peer.Run(workload, steps)];
        Measurement[] measured = Measurement.Interleave(repetitions, contenders);
        Measurement ours = measured[0];
        Measurement? theirs = measured.ElementAtOrDefault(1);
        return new Row(
            workload.Title,
            ours.Median * 1e6,
            ours.Minimum * 1e6,
            workload.FlopsPerStep / ours.Median * 1e-9,
            theirs?.Median * 1e6,
            theirs?.Minimum * 1e6,
            theirs?.MedianRatioTo(ours));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Times in microseconds per step.</summary>
    private sealed record Row(string Model, double Median, double Minimum, double Gigaflops, double? PeerMedian, double? PeerMinimum, double? Ratio);

    private sealed record Result(double PeakGigaflops, int VectorBits, string? Peer, List<Row> Rows);
}
