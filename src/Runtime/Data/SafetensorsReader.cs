using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OptGen.Data;

/// <summary>
/// Reads a safetensors file (https://github.com/huggingface/safetensors): a header, which is checked in full before anything else happens, then the bytes of each
/// tensor, little-endian and row-major.
/// </summary>
public sealed class SafetensorsReader : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, TensorInfo> _byName;
    private readonly long _start;
    private long _position;

    /// <summary>Reads the header at the stream's position. What follows the file in the stream is left alone.</summary>
    /// <param name="stream">Where the file begins. One that can't seek gives its tensors in the order of <see cref="Tensors"/> only.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is disposed of.</param>
    /// <exception cref="CheckpointException">The header is damaged, or the stream ends before the last tensor does.</exception>
    public SafetensorsReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        _header = ReadHeader(stream);
        _byName = _header.Tensors.ToDictionary(tensor => tensor.Name);
        if (!stream.CanSeek)
            return;
        _start = stream.Position;
        if (stream.Length - _start < _header.DataLength)
            throw new CheckpointException($"The file is truncated: its tensors take {_header.DataLength} bytes, and {stream.Length - _start} are there.");
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors => _header.Tensors;

    /// <summary>What the file says of itself, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file, which must hold nothing else.</summary>
    /// <exception cref="CheckpointException">The header is damaged, or the file is longer or shorter than the header says.</exception>
    public static SafetensorsReader Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        try
        {
            SafetensorsReader reader = new(stream);
            long excess = stream.Length - reader._start - reader._header.DataLength;
            return excess == 0 ? reader : throw new CheckpointException($"The file goes on for {excess} bytes after its last tensor.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of a name, or null.</summary>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads the elements of a tensor as they are in the file.</summary>
    /// <typeparam name="T">What holds an element of the tensor's type; see <see cref="DTypes.Of{T}"/>.</typeparam>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="destination">Takes the elements, last axis fastest.</param>
    /// <exception cref="ArgumentException">The destination has another length or element type than the tensor.</exception>
    /// <exception cref="CheckpointException">The stream ends before the tensor does.</exception>
    /// <exception cref="InvalidOperationException">The stream can't seek, and is past the tensor already.</exception>
    public void Read<T>(TensorInfo tensor, Span<T> destination)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (DTypes.Of<T>() != tensor.Type)
            throw new ArgumentException($"{tensor} has elements of type {tensor.Type}, not {DTypes.Of<T>()}.", nameof(destination));
        if (destination.Length != tensor.Length)
            throw new ArgumentException($"{tensor} has {tensor.Length} elements; there is room for {destination.Length}.", nameof(destination));
        MoveTo(tensor);

        // A span of bytes holds at most 2 GiB.
        const int most = 1 << 27;
        for (int first = 0; first < destination.Length; first += most)
        {
            Span<T> elements = destination.Slice(first, Math.Min(most, destination.Length - first));
            Span<byte> bytes = MemoryMarshal.AsBytes(elements);
            ReadBytes(_stream, bytes, $"tensor '{tensor.Name}'");
            LittleEndian.Fix(bytes, Unsafe.SizeOf<T>());
            _position += bytes.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }

    /// <summary>Moves behind the last tensor, where a stream may go on with something else.</summary>
    internal void MoveToEnd()
    {
        if (_stream.CanSeek)
            _stream.Position = _start + _header.DataLength;
    }

    private void MoveTo(TensorInfo tensor)
    {
        if (_stream.CanSeek)
            _stream.Position = _start + tensor.Offset;
        else if (tensor.Offset < _position)
            throw new InvalidOperationException($"The stream can't seek back to tensor '{tensor.Name}'.");
        else
            Skip(tensor.Offset - _position);
        _position = tensor.Offset;
    }

    private void Skip(long bytes)
    {
        byte[] buffer = new byte[(int)Math.Min(bytes, 81_920)];
        for (; bytes > 0; bytes -= buffer.Length)
            ReadBytes(_stream, buffer.AsSpan(0, (int)Math.Min(bytes, buffer.Length)), "a tensor");
    }

    private static SafetensorsHeader ReadHeader(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        ReadBytes(stream, prefix, "the length of its header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > SafetensorsHeader.MaxLength)
            throw new CheckpointException($"This is no safetensors file: its header would have {length} bytes.");
        if (stream.CanSeek && stream.Length - stream.Position < (long)length)
            throw new CheckpointException($"The file is truncated: its header takes {length} bytes, and {stream.Length - stream.Position} are there.");
        byte[] header = new byte[(int)length];
        ReadBytes(stream, header, "its header");
        return SafetensorsHeader.Parse(header);
    }

    private static void ReadBytes(Stream stream, Span<byte> bytes, string part)
    {
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
            throw new CheckpointException($"The file is truncated: it ends within {part}.");
    }
}
