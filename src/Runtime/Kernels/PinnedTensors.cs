using System.Buffers;

namespace OptGen.Kernels;

/// <summary>Holds the memory of several tensors in place while an optimizer works on it; <see cref="Dispose"/> lets it go.</summary>
public readonly ref struct PinnedTensors
{
    private readonly Span<MemoryHandle> _pins;

    private PinnedTensors(Span<MemoryHandle> pins) => _pins = pins;

    /// <summary>Pins every tensor and gives the addresses.</summary>
    /// <param name="written">Tensors that are written, all of the lengths of the arrays.</param>
    /// <param name="read">As many that are read.</param>
    /// <param name="writtenAddresses">Gets the addresses of those that are written.</param>
    /// <param name="readAddresses">Gets the addresses of those that are read.</param>
    /// <param name="pins">Room for two handles for each tensor.</param>
    public static unsafe PinnedTensors Pin<T>(
        ReadOnlySpan<Memory<T>> written, ReadOnlySpan<ReadOnlyMemory<T>> read, nint[] writtenAddresses, nint[] readAddresses, MemoryHandle[] pins)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(writtenAddresses);
        ArgumentNullException.ThrowIfNull(readAddresses);
        ArgumentNullException.ThrowIfNull(pins);
        PinnedTensors pinned = new(pins);
        try
        {
            for (int i = 0; i < written.Length; i++)
            {
                pins[2 * i] = written[i].Pin();
                pins[(2 * i) + 1] = read[i].Pin();
                writtenAddresses[i] = (nint)pins[2 * i].Pointer;
                readAddresses[i] = (nint)pins[(2 * i) + 1].Pointer;
            }
        }
        catch
        {
            pinned.Dispose();
            throw;
        }

        return pinned;
    }

    /// <summary>Lets the memory move again.</summary>
    public void Dispose()
    {
        for (int i = 0; i < _pins.Length; i++)
        {
            _pins[i].Dispose();
            _pins[i] = default;
        }
    }
}
