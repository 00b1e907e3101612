using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Simd;

/// <summary>Where a dynamic map has its codes; see <see cref="DynamicMap{V, M}"/>.</summary>
internal interface IDynamicMap
{
    /// <summary>Whether half of the codes stand for negative numbers.</summary>
    static abstract bool IsSigned { get; }

    /// <summary>What a code's position is beyond its number.</summary>
    static abstract float Shift { get; }

    /// <summary>The segment of a magnitude is this times its bits as a whole number, plus <see cref="SegmentOffset"/>, cut off; or the next one.</summary>
    static abstract float SegmentFactor { get; }

    static abstract float SegmentOffset { get; }

    /// <summary>Where the next segment begins.</summary>
    static abstract V Next<V>(V segment)
        where V : struct, IFloatBits<V>;

    /// <summary>The code of a magnitude in a segment is this times it, plus <see cref="Offset"/>, cut off, and at most <see cref="Last"/>.</summary>
    static abstract V Factor<V>(V segment)
        where V : struct, IFloatBits<V>;

    static abstract V Offset<V>(V segment)
        where V : struct, IFloatBits<V>;

    static abstract V Last<V>(V segment)
        where V : struct, IFloatBits<V>;

    /// <summary>
    /// The magnitude of a code is this times its position, plus <see cref="Intercept"/>. The position is |q| + <see cref="Shift"/>: its exponent, modulo 8, is the decade.
    /// </summary>
    static abstract V Slope<V>(V decade)
        where V : struct, IFloatBits<V>;

    static abstract V Intercept<V>(V decade)
        where V : struct, IFloatBits<V>;
}

/// <summary>
/// Numbers from −1 to 1 in 8 bits (dynamic tree quantization; Dettmers, Lewis, Shleifer and Zettlemoyer, "8-bit optimizers via block-wise quantization", ICLR 2022). Of
/// seven decades, 1e-7 … 1e-6 up to 0.1 … 1, each holds twice as many codes as the one below, at the middles of equal cells; besides there are 0 and 1.
/// </summary>
/// <remarks>
/// A code q counts from 0 upwards with the magnitude. In the signed map a negative number has −q, as a byte in two's complement, and only −1 has a code, −128: the scale is
/// chosen with that sign. The codes of a decade are a whole power of two, so the exponent of q as a number is the decade, and within a decade all is linear: no search, and eight table entries.
/// A magnitude's segment is its decade (0 belongs to the first), or 7 for what is nearest to 1; segments begin half-way between two codes, so that the code is the nearest.
/// </remarks>
internal static class DynamicMap<V, M>
    where V : struct, IFloatBits<V>
    where M : IDynamicMap
{
    /// <summary>Lanes of the widest vector: codes are written up to a multiple of them, so that every width writes the same bytes.</summary>
    private const int Widest = 16;

    private const float SmallestNormal = 1.17549435E-38f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(ref readonly byte codes, V scale)
    {
        V code = M.IsSigned ? V.LoadSignedBytes(in codes) : V.LoadBytes(in codes);
        V position = V.FromInteger(M.IsSigned ? V.AbsBits(code) : code) + V.Broadcast(M.Shift);

        // The exponents of the codes of 0 and of 1 differ by 8, so they share an entry: the line through both.
        V decade = V.ShiftRight(position, 23);
        V value = V.FusedMultiplyAdd(M.Slope(decade), position, M.Intercept(decade));
        return (M.IsSigned ? V.CopySign(value, code) : value) * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(ref float values, int count, ref byte codes, ref float scale)
    {
        int padded = (count + Widest - 1) & -Widest;
        for (int i = count; i < padded; i++)
            Unsafe.Add(ref values, i) = 0;

        // As whole numbers magnitudes have the same order, and NaN comes last.
        V largest = V.Zero;
        for (int i = 0; i < padded; i += V.Count)
        {
            V value = V.Load(in Unsafe.Add(ref values, i));
            largest = V.MaxUnsigned(largest, M.IsSigned ? V.Or(V.ShiftLeft(value, 1), V.ShiftRight(value, 31)) : NonNegative(value));
        }

        uint bits = V.MaxAcrossUnsigned(largest);
        float extreme = BitConverter.UInt32BitsToSingle(M.IsSigned ? BitOperations.RotateRight(bits, 1) ^ 0x80000000 : bits);
        float magnitude = Math.Abs(extreme);
        bool isFinite = magnitude <= float.MaxValue;
        if (!isFinite || magnitude < SmallestNormal)
        {
            scale = isFinite ? 0 : float.NaN;
            for (int i = 0; i < padded; i++)
                Unsafe.Add(ref codes, i) = 0;
            return;
        }

        scale = extreme;
        V inverse = V.Broadcast(1 / extreme);
        for (int i = 0; i < padded; i += V.Count)
            V.StoreBytes(Encode(V.Load(in Unsafe.Add(ref values, i)) * inverse), ref Unsafe.Add(ref codes, i));
    }

    /// <summary>The nearest code of a number whose magnitude is at most 1, or one unit in the last place above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Encode(V value)
    {
        V magnitude = M.IsSigned ? V.Abs(value) : V.MaxFast(value, V.Zero);
        V logarithm = V.FusedMultiplyAdd(V.FromInteger(magnitude), V.Broadcast(M.SegmentFactor), V.Broadcast(M.SegmentOffset));
        V segment = V.ToInteger(V.MaxFast(logarithm, V.Zero));

        // A mask is −1.
        segment = V.SubtractBits(segment, V.LessOrEqual(M.Next(segment), magnitude));
        V code = V.FusedMultiplyAdd(magnitude, M.Factor(segment), M.Offset(segment));
        code = V.MinFast(code, M.Last(segment));
        return V.ToInteger(M.IsSigned ? V.MinFast(V.CopySign(code, value), V.Broadcast(127)) : code);
    }

    /// <summary>Negative numbers become 0; NaN keeps its bits, without the sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NonNegative(V value) => V.Select(V.Less(value, V.Zero), V.Zero, V.Abs(value));
}

/// <summary>128 codes for negative numbers, 0, and 127 for positive ones.</summary>
internal readonly struct SignedMap : IDynamicMap
{
    public static bool IsSigned => true;

    public static float Shift => 0.5f;

    public static float SegmentFactor => 3.76437E-8f;

    public static float SegmentOffset => -33.60162f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Next<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(1.9E-6f, 1.45E-5f, 0.0001225f, 0.0011125f, 0.0105625f, 0.1028125f, 0.9964844f, float.PositiveInfinity, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Factor<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(3636363.64f, 222222.22f, 44444.444f, 8888.889f, 1777.7778f, 355.555556f, 71.111111f, 0f, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Offset<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(0f, 1.7777778f, 3.5555556f, 7.111111f, 14.222222f, 28.444444f, 56.88889f, 128f, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Last<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(1f, 3f, 7f, 15f, 31f, 63f, 127f, 128f, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V decade)
        where V : struct, IFloatBits<V> =>
        V.Lookup(4.5E-6f, 2.25E-5f, 0.0001125f, 0.0005625f, 0.0028125f, 0.0140625f, 0.0078125f, 9E-7f, decade);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Intercept<V>(V decade)
        where V : struct, IFloatBits<V> =>
        V.Lookup(-8E-6f, -8E-5f, -0.0008f, -0.008f, -0.08f, -0.8f, -0.00390625f, -8E-7f, decade);
}

/// <summary>0 and 255 codes for positive numbers: twice as many in each decade.</summary>
internal readonly struct UnsignedMap : IDynamicMap
{
    public static bool IsSigned => false;

    public static float Shift => 1;

    public static float SegmentFactor => 3.6724889E-8f;

    public static float SegmentOffset => -32.623895f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Next<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(1.45E-6f, 1.225E-5f, 0.00011125f, 0.00105625f, 0.01028125f, 0.10140625f, 0.9982422f, float.PositiveInfinity, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Factor<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(2580645.2f, 444444.44f, 88888.89f, 17777.778f, 3555.5556f, 711.1111f, 142.222222f, 0f, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Offset<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(0.58064516f, 2.5555556f, 6.111111f, 13.222222f, 27.444444f, 55.88889f, 112.77778f, 255f, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Last<V>(V segment)
        where V : struct, IFloatBits<V> =>
        V.Lookup(2f, 6f, 14f, 30f, 62f, 126f, 254f, 255f, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V decade)
        where V : struct, IFloatBits<V> =>
        V.Lookup(4.5E-7f, 2.25E-6f, 1.125E-5f, 5.625E-5f, 0.00028125f, 0.00140625f, 0.00703125f, 0.003921569f, decade);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Intercept<V>(V decade)
        where V : struct, IFloatBits<V> =>
        V.Lookup(-5.75E-7f, -6.875E-6f, -7.4375E-5f, -0.000771875f, -0.007859375f, -0.079296875f, -0.79648438f, -0.003921569f, decade);
}
