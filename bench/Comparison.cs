using System.Globalization;
using System.Text.Json;

namespace OptGen.Bench;

/// <summary>Measures workloads beside the peers and prints a table of microseconds per step.</summary>
internal static class Comparison
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="rateName">What the work of a step, divided by its time and 10⁹, is called.</param>
    public static void Run(string rateName, IEnumerable<Workload> workloads, PeerProcess?[] availablePeers, int repetitions, FileInfo? json)
    {
        OptGenRuntime.MaxThreads = 1;
        PeerProcess[] peers = [.. availablePeers.OfType<PeerProcess>()];
        double peak = MachinePeak.GigaflopsPerSecond();
        Console.WriteLine(Invariant($"One thread, {OptGenRuntime.VectorBits}-bit vectors, peak {peak:F0} GFLOP/s."));
        Console.WriteLine($"Microseconds per step: medians (minima) of {repetitions} interleaved repetitions.");
        for (int i = 0; i < peers.Length; i++)
            Console.WriteLine($"Peer {i + 1}: {peers[i].Name}");
        Console.Write($"{"",-28}{"OptGen",21}{rateName,10}");
        for (int i = 0; i < peers.Length; i++)
            Console.Write($"{$"peer {i + 1}",21}{"ratio",9}");
        Console.WriteLine();

        List<Row> rows = [];
        foreach (Workload workload in workloads)
        {
            Row row = Measure(workload, repetitions, peers);
            rows.Add(row);
            Console.Write(Invariant($"{row.Workload,-28}{row.Median,10:F2} ({row.Minimum,8:F2}){row.Rate,10:F1}"));
            foreach (PeerRow peer in row.Peers)
                Console.Write(Invariant($"{peer.Median,10:F1} ({peer.Minimum,8:F1}){peer.Ratio,8:F2}×"));
            Console.WriteLine();
        }

        if (json is not null)
            File.WriteAllText(json.FullName, JsonSerializer.Serialize(new Result(peak, OptGenRuntime.VectorBits, rateName, rows), Indented));
        foreach (PeerProcess peer in peers)
            peer.Dispose();
    }

    private static Row Measure(Workload workload, int repetitions, PeerProcess[] peers)
    {
        Func<int, double>[] contenders = [workload.Run, .. peers.Select<PeerProcess, Func<int, double>>(peer => steps => peer.Run(workload.Name, steps))];
        Measurement[] measured = Measurement.Interleave(repetitions, contenders);
        Measurement ours = measured[0];
        return new Row(
            workload.Title,
            ours.Median * 1e6,
            ours.Minimum * 1e6,
            workload.WorkPerStep / ours.Median * 1e-9,
            [.. measured.Skip(1).Zip(peers, (theirs, peer) => new PeerRow(peer.Name, theirs.Median * 1e6, theirs.Minimum * 1e6, theirs.MedianRatioTo(ours)))]);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Times in microseconds.</summary>
    private sealed record Row(string Workload, double Median, double Minimum, double Rate, PeerRow[] Peers);

    /// <summary>Times in microseconds; the ratio is the median of the ratios of neighbouring blocks.</summary>
    private sealed record PeerRow(string Name, double Median, double Minimum, double Ratio);

    private sealed record Result(double PeakGigaflops, int VectorBits, string RateName, List<Row> Rows);
}
