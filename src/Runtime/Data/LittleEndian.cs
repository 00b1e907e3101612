namespace OptGen.Data;

/// <summary>Files are little-endian, whatever the machine is.</summary>
internal static class LittleEndian
{
    /// <summary>Turns elements of the machine into those of a file, or back.</summary>
    public static void Fix(Span<byte> elements, int size)
    {
        if (!BitConverter.IsLittleEndian)
            Reverse(elements, size);
    }

    /// <summary>Reverses the bytes of every element.</summary>
    public static void Reverse(Span<byte> elements, int size)
    {
        for (int first = 0; first < elements.Length && size > 1; first += size)
            elements.Slice(first, size).Reverse();
    }
}
