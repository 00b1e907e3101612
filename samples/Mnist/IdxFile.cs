using System.Buffers.Binary;
using System.IO.Compression;

namespace Mnist;

/// <summary>
/// The format of the MNIST files: a magic number 0x000008nn (bytes in nn dimensions), a 32-bit big-endian size for each dimension, then the bytes themselves. A file may be packed with gzip,
/// under its name with <c>.gz</c> behind it.
/// </summary>
/// <param name="Dimensions">Size of each dimension; the first counts images or labels.</param>
/// <param name="Bytes">All elements, the last dimension fastest.</param>
internal sealed record IdxFile(int[] Dimensions, byte[] Bytes)
{
    private const int BytesType = 0x0800;

    /// <summary>Whether the file is there, packed or not.</summary>
    public static bool Exists(string path) => File.Exists(path) || File.Exists(path + ".gz");

    /// <summary>Reads a file of bytes in so many dimensions.</summary>
    /// <exception cref="InvalidDataException">The file holds something else, less, or more than its header says.</exception>
    public static IdxFile Read(string path, int dimensions)
    {
        bool packed = !File.Exists(path);
        if (packed)
            path += ".gz";
        using FileStream file = File.OpenRead(path);
        try
        {
            using Stream content = packed ? new GZipStream(file, CompressionMode.Decompress) : file;
            return Read(content, dimensions);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static IdxFile Read(Stream content, int dimensions)
    {
        byte[] header = new byte[4 * (1 + dimensions)];
        int read = content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read < header.Length)
            throw new InvalidDataException($"ends after {read} bytes, within its header of {header.Length}.");
        int magic = BinaryPrimitives.ReadInt32BigEndian(header);
        if (magic != BytesType + dimensions)
            throw new InvalidDataException($"begins with the magic number 0x{magic:X8}, not 0x{BytesType + dimensions:X8} (bytes in {dimensions} dimensions).");

        int[] sizes = new int[dimensions];
        long count = 1;
        for (int i = 0; i < dimensions; i++)
        {
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * (i + 1)));
            count = sizes[i] >= 0 ? Math.Min(count * sizes[i], Array.MaxLength + 1L) : -1;
            if (count < 0 || count > Array.MaxLength)
                throw new InvalidDataException($"has the size {(uint)sizes[i]} in dimension {i}, which can't be.");
        }

        // An array of the size that the header promises is made only for a file that has at least something of it.
        using MemoryStream rest = new();
        content.CopyTo(rest);
        if (rest.Length != count)
            throw new InvalidDataException($"holds {rest.Length} bytes behind its header, which announces {string.Join(" × ", sizes)} = {count}.");
        return new IdxFile(sizes, rest.ToArray());
    }
}
