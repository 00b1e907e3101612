using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OptGen.Data;

/// <summary>Writes a safetensors file: first its header, for which all tensors are declared, then each tensor's elements. Equal content gives equal bytes.</summary>
public sealed class SafetensorsWriter
{
    private static readonly Dictionary<string, string> s_noMetadata = [];

    private readonly Stream _stream;
    private int _written;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Takes the file; it stays open.</param>
    /// <param name="tensors">What will be written.</param>
    /// <param name="metadata">What the file says of itself, by key.</param>
    /// <exception cref="ArgumentException">Two tensors have the same name.</exception>
    public SafetensorsWriter(Stream stream, IEnumerable<TensorInfo> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsHeader header = SafetensorsHeader.Of(tensors, metadata ?? s_noMetadata);
        ReadOnlyMemory<byte> bytes = header.ToBytes();
        if (bytes.Length > SafetensorsHeader.MaxLength)
            throw new ArgumentException($"The header of so many tensors takes {bytes.Length} bytes; the format allows {SafetensorsHeader.MaxLength}.", nameof(tensors));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)bytes.Length);
        stream.Write(length);
        stream.Write(bytes.Span);
        _stream = stream;
        Tensors = header.Tensors;
    }

    /// <summary>The tensors in the order in which they must be written.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Whether all of them are written.</summary>
    public bool IsComplete => _written == Tensors.Count;

    /// <summary>Writes the elements of the next tensor, last axis fastest.</summary>
    /// <exception cref="ArgumentException">The next tensor has another length or element type.</exception>
    /// <exception cref="InvalidOperationException">All tensors are written.</exception>
    public void Write<T>(ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        if (IsComplete)
            throw new InvalidOperationException("All tensors of the header are written already.");
        TensorInfo tensor = Tensors[_written];
        if (DTypes.Of<T>() != tensor.Type || elements.Length != tensor.Length)
            throw new ArgumentException($"The next tensor is {tensor}, not one of {elements.Length} elements of type {DTypes.Of<T>()}.", nameof(elements));
        _written++;

        // A span of bytes holds at most 2 GiB.
        const int most = 1 << 27;
        for (int first = 0; first < elements.Length; first += most)
            WriteBytes(MemoryMarshal.AsBytes(elements.Slice(first, Math.Min(most, elements.Length - first))), Unsafe.SizeOf<T>());
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes, int size)
    {
        if (BitConverter.IsLittleEndian)
        {
            _stream.Write(bytes);
            return;
        }

        byte[] copy = bytes.ToArray();
        LittleEndian.Fix(copy, size);
        _stream.Write(copy);
    }
}
