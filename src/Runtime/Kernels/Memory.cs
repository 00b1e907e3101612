using System.Runtime.CompilerServices;

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
}
