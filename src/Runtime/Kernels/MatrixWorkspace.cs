namespace OptGen.Kernels;

/// <summary>Memory of the calling thread that grows to the largest request and is kept; packed panels of products lie elsewhere.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal static class MatrixWorkspace<T>
    where T : unmanaged
{
    [ThreadStatic]
    private static AlignedBuffer<T>? t_buffer;

    /// <summary>Numbers that hold anything. They are the caller's until anyone else of the thread asks.</summary>
    public static Span<T> Rent(int length)
    {
        if (t_buffer is null || t_buffer.Length < length)
            t_buffer = new AlignedBuffer<T>(length);
        return t_buffer.Span[..length];
    }
}
