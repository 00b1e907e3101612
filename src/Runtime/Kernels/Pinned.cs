using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>Runs code over the addresses of a caller's memory, for generated code in projects that do not allow <c>unsafe</c>.</summary>
public static class Pinned
{
    /// <summary>Calls <paramref name="action"/> with the addresses of both spans, which stay where they are until it returns.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <typeparam name="TState">What the action needs besides; passing it spares a closure.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Run<T, TState>(Span<T> written, ReadOnlySpan<T> read, TState state, Action<TState, nint, nint> action)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(action);
        fixed (T* writtenAddress = written, readAddress = read)
            action(state, (nint)writtenAddress, (nint)readAddress);
    }
}
