using System.Runtime.InteropServices;

namespace OptGen.Kernels;

/// <summary>Memory of the calling thread for packed panels; grows to the largest request and is kept.</summary>
public static class Scratch
{
    [ThreadStatic]
    private static AlignedBuffer<byte>? t_buffer;

    /// <summary>The first of <paramref name="length"/> elements, 64-byte aligned, with any content. The next call on the same thread gives the same memory.</summary>
    public static ref T Rent<T>(int length)
        where T : unmanaged
    {
        int bytes = length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        AlignedBuffer<byte>? buffer = t_buffer;
        if (buffer is null || buffer.Length < bytes)
            t_buffer = buffer = new AlignedBuffer<byte>(bytes);
        return ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, T>(buffer.Span));
    }
}
