namespace OptGen.Kernels;

/// <summary>Memory of the calling thread that grows to the largest request and is kept; packed panels of products lie elsewhere.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal static class MatrixWorkspace<T>
    where T : unmanaged
{
    [ThreadStatic]
    private static AlignedBuffer<T>? t_buffer;

    [ThreadStatic]
    private static AlignedBuffer<T>? t_line;

    /// <summary>Numbers that hold anything. They are the caller's until anyone else of the thread asks.</summary>
    public static Span<T> Rent(int length) => Rent(ref t_buffer, length);

    /// <summary>The same of a memory of its own, for a row or a column: what <see cref="Rent(int)"/> gave stays the caller's.</summary>
    public static Span<T> RentLine(int length) => Rent(ref t_line, length);

    private static Span<T> Rent(ref AlignedBuffer<T>? buffer, int length)
    {
        if (buffer is null || buffer.Length < length)
            buffer = new AlignedBuffer<T>(length);
        return buffer.Span[..length];
    }
}
