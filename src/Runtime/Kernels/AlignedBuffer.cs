using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OptGen.Kernels;

/// <summary>
/// Zeroed memory that begins at a multiple of 64 bytes, never moves, and may be read 64 bytes past its end. It lives as long as this object is reachable.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class AlignedBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;

    /// <summary>Bytes by whose multiples addresses may differ and yet look the same to a processor that orders loads after stores.</summary>
    private const int Page = 4096;

    /// <summary>A loop over several buffers stores to one and loads from the next: where they begin in their pages goes round these many places.</summary>
    private const int Places = 8;

    private static int s_allocated;

    private readonly T[] _elements;
    private readonly nint _address;
    private readonly nint _offset;

    /// <summary>Allocates <paramref name="length"/> zeroed elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;

        // One alignment's worth of elements may be lost before the first element, and as much must be readable after the last.
        bool hasPlace = (long)length * Unsafe.SizeOf<T>() >= Page / 4;
        int slack = ((hasPlace ? Page : Alignment) + Alignment + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>();
        _elements = GC.AllocateArray<T>(checked(length + slack), pinned: true);
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(_elements, 0);
        _address = (start + (Alignment - 1)) & -Alignment;
        if (hasPlace)
            _address += ((Interlocked.Increment(ref s_allocated) % Places * (Page / Places)) - _address) & (Page - 1);
        _offset = _address - start;
    }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>Address of the first element, a multiple of 64.</summary>
    public nint Address => _address;

    /// <summary>The elements, for code that keeps hold of them.</summary>
    public Memory<T> Memory => _elements.AsMemory((int)(_offset / Unsafe.SizeOf<T>()), Length);

    /// <summary>The elements.</summary>
    public Span<T> Span => MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_elements), _offset), Length);
}
