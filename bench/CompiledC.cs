using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using OptGen.Kernels;

namespace OptGen.Bench;

/// <summary>
/// The update of AdamW in C, compiled by the machine's gcc and loaded into this process: both loops then run on the same core at nearly the same time, so that what else the machine does meets both.
/// </summary>
internal sealed unsafe class CompiledC
{
    public const string Name = "gcc -O3 -march=native";

    private readonly delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, nint, nint, int, void> _step;

    private CompiledC(nint step) => _step = (delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, nint, nint, int, void>)step;

    /// <summary>Compiles the kernel; null if there is no gcc.</summary>
    public static CompiledC? TryCreate()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "libadamw.so"), source = PeerProcess.PeerFile("adamw.c");
        try
        {
            using Process compiler = Process.Start(
                "gcc", ["-O3", "-march=native", "-mprefer-vector-width=512", "-fno-math-errno", "-shared", "-fPIC", "-o", library, source, "-lm"]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? new CompiledC(NativeLibrary.GetExport(NativeLibrary.Load(library), "adamw_step")) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A step over parameters and the next of several gradients, with moments of its own.</summary>
    public Action Over(AlignedBuffer<float> parameters, IReadOnlyList<AlignedBuffer<float>> gradients)
    {
        AlignedBuffer<float> m = new(parameters.Length), v = new(parameters.Length);
        int steps = 0;
        return () =>
        {
            _step(parameters.Length, parameters.Address, gradients[steps % gradients.Count].Address, m.Address, v.Address, ++steps);
            GC.KeepAlive(m);
            GC.KeepAlive(v);
        };
    }
}
