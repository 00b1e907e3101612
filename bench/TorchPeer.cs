using System.Diagnostics;
using System.Globalization;

namespace OptGen.Bench;

/// <summary>PyTorch in a process of its own, which runs so many steps of a workload on demand.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process _process;

    private TorchPeer(Process process, string name)
    {
        _process = process;
        Name = name;
    }

    /// <summary>Version and matrix library, as the peer tells them.</summary>
    public string Name { get; }

    /// <summary>Starts the peer with the first Python that has PyTorch; null if none does.</summary>
    public static TorchPeer? Start()
    {
        // The system's Python comes second: Debian's python3-torch lives there, and another python3 may stand before it on the path.
        foreach (string python in (string[])["python3", "/usr/bin/python3"])
        {
            ProcessStartInfo start = new(python, [Path.Combine(AppContext.BaseDirectory, "peers", "train_torch.py")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            Process? process;
            try
            {
                process = Process.Start(start);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                continue;
            }

            if (process?.StandardOutput.ReadLine() is { } name)
                return new TorchPeer(process, name);
            process?.Dispose();
        }

        return null;
    }

    public double Run(Workload workload, int steps)
    {
        _process.StandardInput.WriteLine($"{workload.Name} {steps}");
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("PyTorch stopped: " + _process.StandardError.ReadToEnd());
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
