using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace OptGen.Bench;

/// <summary>A peer in a process of its own: it tells its name, then answers each line "workload steps" with the seconds that they took.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process, string name)
    {
        _process = process;
        Name = name;
    }

    /// <summary>Name and version, as the peer tells them.</summary>
    public string Name { get; }

    /// <summary>Where the source of a peer lies.</summary>
    public static string PeerFile(string name) => Path.Combine(AppContext.BaseDirectory, "peers", name);

    /// <summary>PyTorch of the first Python that has it; null if none does.</summary>
    public static PeerProcess? Torch(int threads = 1)
    {
        string[] script = [PeerFile("torch_peer.py"), "--threads", threads.ToString(CultureInfo.InvariantCulture)];

        // Debian's python3-torch belongs to the system's Python, and another python3 may stand before it on the path.
        return TryStart("python3", script) ?? TryStart("/usr/bin/python3", script);
    }

    /// <summary>Seconds that so many steps of a workload take.</summary>
    public double Run(string workload, int steps)
    {
        _process.StandardInput.WriteLine($"{workload} {steps}");
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{Name} stopped: {_process.StandardError.ReadToEnd()}");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static PeerProcess? TryStart(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } name)
                return new PeerProcess(process, name);
            process.Dispose();
        }
        catch (Win32Exception)
        {
            // There is no such program.
        }

        return null;
    }
}
