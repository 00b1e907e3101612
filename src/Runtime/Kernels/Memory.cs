using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Kernels;

/// <summary>Access to pinned memory by address, for generated code in projects that do not allow <c>unsafe</c>.</summary>
public static class Memory
{
    /// <summary>The element at <paramref name="address"/>, which must lie in pinned memory that outlives the reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ref T At<T>(nint address)
        where T : unmanaged =>
        ref Unsafe.AsRef<T>((void*)address);

    /// <summary><paramref name="length"/> elements from <paramref name="address"/> on, which must lie in pinned memory that outlives the span.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Span<T> Span<T>(nint address, int length)
        where T : unmanaged =>
        new((void*)address, length);

    /// <summary>
    /// Asks for the cache line of an element that is read soon, where the processor has an instruction for that. The element need not exist: nothing is read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref T element)
        where T : unmanaged
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref element));
    }

    /// <summary>Exchanges the contents of two spans of one length.</summary>
    public static void Exchange<T>(Span<T> first, Span<T> second)
        where T : unmanaged
    {
        for (int i = 0; i < first.Length; i++)
            (first[i], second[i]) = (second[i], first[i]);
    }
}
