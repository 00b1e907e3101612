using System.Runtime.CompilerServices;

namespace OptGen.Data;

/// <summary>Element type of a tensor in a file, by the name that the safetensors format gives it.</summary>
public enum DType
{
    /// <summary>Unsigned byte.</summary>
    U8,

    /// <summary>Signed byte.</summary>
    I8,

    /// <summary>32-bit integer.</summary>
    I32,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary><see cref="BFloat16"/>: the upper half of a <see cref="float"/>.</summary>
    BF16,

    /// <summary>IEEE half precision: <see cref="Half"/>.</summary>
    F16,

    /// <summary><see cref="float"/>.</summary>
    F32,

    /// <summary><see cref="double"/>.</summary>
    F64,
}

/// <summary>What is known of element types.</summary>
public static class DTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.U8 or DType.I8 => 1,
        DType.BF16 or DType.F16 => 2,
        DType.I32 or DType.F32 => 4,
        DType.I64 or DType.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such element type."),
    };

    /// <summary>The element type that holds values of <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static DType Of<T>()
        where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.F32
        : typeof(T) == typeof(double) ? DType.F64
        : typeof(T) == typeof(Half) ? DType.F16
        : typeof(T) == typeof(BFloat16) ? DType.BF16
        : typeof(T) == typeof(byte) ? DType.U8
        : typeof(T) == typeof(sbyte) ? DType.I8
        : typeof(T) == typeof(int) ? DType.I32
        : typeof(T) == typeof(long) ? DType.I64
        : throw new NotSupportedException($"No element type of a file holds {typeof(T).Name}, of {Unsafe.SizeOf<T>()} bytes.");

    /// <summary>Whether every value of one type is a value of another, so that reading it changes nothing.</summary>
    public static bool Widens(DType from, DType to) => from == to || (from, to) is
        (DType.BF16 or DType.F16, DType.F32 or DType.F64) or (DType.F32, DType.F64);

    internal static bool TryParse(string? name, out DType type)
    {
        foreach (DType candidate in All)
        {
            if (Name(candidate) == name)
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }

    internal static string Name(DType type) => type switch
    {
        DType.U8 => "U8",
        DType.I8 => "I8",
        DType.I32 => "I32",
        DType.I64 => "I64",
        DType.BF16 => "BF16",
        DType.F16 => "F16",
        DType.F32 => "F32",
        _ => "F64",
    };

    private static ReadOnlySpan<DType> All => [DType.U8, DType.I8, DType.I32, DType.I64, DType.BF16, DType.F16, DType.F32, DType.F64];
}
