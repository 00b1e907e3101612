namespace OptGen.Data;

/// <summary>A tensor of a file: its name, element type and shape, and where its bytes are.</summary>
public sealed class TensorInfo
{
    private readonly int[] _shape;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">Sizes of its axes; none for a single number.</param>
    /// <param name="offset">Number of its first byte, counted from the first tensor's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or the elements are more than can be counted.</exception>
    public TensorInfo(string name, DType type, ReadOnlySpan<int> shape, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Type = type;
        _shape = shape.ToArray();
        Offset = offset;
        Length = Count(shape) ?? throw new ArgumentOutOfRangeException(nameof(shape), $"[{string.Join(", ", _shape)}] is no shape.");
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its element type.</summary>
    public DType Type { get; }

    /// <summary>Sizes of its axes; none for a single number.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Number of its first byte, counted from the first tensor's.</summary>
    public long Offset { get; }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Number of bytes.</summary>
    public long ByteLength => Length * Type.Size();

    /// <summary>Name, element type and shape, such as <c>hidden.weight F32 [128, 64]</c>.</summary>
    public override string ToString() => $"{Name} {Type} {Text(_shape)}";

    internal static string Text(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>Number of elements; null where it is beyond what any memory holds.</summary>
    internal static long? Count(ReadOnlySpan<int> shape)
    {
        // 2^59 elements of 8 bytes can still be addressed.
        const long most = 1L << 59;
        long count = 1;
        foreach (int size in shape)
        {
            if (size < 0 || (size > 0 && count > most / size))
                return null;
            count *= size;
        }

        return count;
    }
}
