using System.Globalization;
using OptGen.Simd;

namespace OptGen;

/// <summary>
/// The upper half of a <see cref="float"/>: its sign, its 8 bits of exponent and 7 of its 23 bits of fraction. It has the range of <see cref="float"/>, and two to
/// three decimal digits. Arithmetic is done in <see cref="float"/>; this is a format of memory.
/// </summary>
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    private BFloat16(ushort bits) => Bits = bits;

    /// <summary>The upper 16 bits of the <see cref="float"/> of the same value.</summary>
    public ushort Bits { get; }

    /// <summary>The number with these bits.</summary>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>The nearest number; of two that are equally near the one whose last bit is 0. Beyond the largest it is infinite. NaN stays NaN, see <see cref="IFloatSimd{V}.RoundToBFloat16"/>.</summary>
    public static explicit operator BFloat16(float value)
    {
        BFloat16 result = default;
        Float32.StoreBFloat16(Float32.RoundToBFloat16(new Float32(value)), ref result);
        return result;
    }

    /// <summary>The same number, exactly.</summary>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>Whether the bits are the same.</summary>
    public static bool operator ==(BFloat16 a, BFloat16 b) => a.Bits == b.Bits;

    /// <summary>Whether the bits differ.</summary>
    public static bool operator !=(BFloat16 a, BFloat16 b) => a.Bits != b.Bits;

    /// <summary>Whether the bits are the same.</summary>
    public bool Equals(BFloat16 other) => Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Bits;

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(CultureInfo.InvariantCulture);
}
