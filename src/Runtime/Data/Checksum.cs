using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OptGen.Data;

/// <summary>CRC-32C (Castagnoli) over the bytes that elements have in a file: finds any single damaged run of up to 32 bits, and all but one in 2³² of others.</summary>
internal static class Checksum
{
    public const uint Start = uint.MaxValue;

    /// <summary>The checksum as text, after the last element.</summary>
    public static string Text(uint state) => (~state).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Goes on with more elements.</summary>
    public static uint Append<T>(uint state, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        // A span of bytes holds at most 2 GiB.
        const int most = 1 << 27;
        for (int first = 0; first < elements.Length; first += most)
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(elements.Slice(first, Math.Min(most, elements.Length - first)));
            if (!BitConverter.IsLittleEndian)
            {
                byte[] copy = bytes.ToArray();
                LittleEndian.Fix(copy, Unsafe.SizeOf<T>());
                bytes = copy;
            }

            state = AppendBytes(state, bytes);
        }

        return state;
    }

    private static uint AppendBytes(uint state, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte rest in bytes)
            state = BitOperations.Crc32C(state, rest);
        return state;
    }
}
