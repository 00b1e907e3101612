using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OptGen.Kernels;

/// <summary>Copies what the windows of a convolution reach to memory where they need no conditions: positions outside of the operand become zeros.</summary>
public static class Window
{
    /// <summary>Copies neighbouring positions of an axis; those outside of it become zeros.</summary>
    /// <param name="source">Position 0.</param>
    /// <param name="destination">Receives <paramref name="count"/> · <paramref name="run"/> elements.</param>
    /// <param name="first">The first position, which may be negative.</param>
    /// <param name="count">How many positions.</param>
    /// <param name="extent">Size of the axis.</param>
    /// <param name="run">Neighbouring elements of one position.</param>
    public static void Copy<T>(ref T source, ref T destination, int first, int count, int extent, int run)
        where T : unmanaged
    {
        int from = Math.Clamp(first, 0, extent), to = Math.Clamp(first + count, from, extent), before = Math.Clamp(-first, 0, count);
        Clear(ref destination, before * run);
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref source, (nint)from * run), (to - from) * run)
            .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref destination, (nint)before * run), (to - from) * run));
        int done = before + to - from;
        Clear(ref Unsafe.Add(ref destination, (nint)done * run), (count - done) * run);
    }

    /// <summary>Sets elements to zero.</summary>
    public static void Clear<T>(ref T destination, int count)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref destination, count).Clear();
}
