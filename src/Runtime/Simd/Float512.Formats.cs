using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

// The narrow formats of memory.
public readonly partial struct Float512 : IFloatSimd<Float512>, IFloatBits<Float512>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadBFloat16(ref readonly BFloat16 source) => BFloat16Format<Float512>.Load(in source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadBFloat16Partial(ref readonly BFloat16 source, int lanes) => BFloat16Format<Float512>.LoadPartial(in source, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 GatherBFloat16(ref readonly BFloat16 source, nint stride, int lanes) => BFloat16Format<Float512>.Gather(in source, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Float512 value, ref BFloat16 destination) => BFloat16Format<Float512>.Store(value, ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16Partial(Float512 value, ref BFloat16 destination, int lanes) => BFloat16Format<Float512>.Scatter(value, ref destination, 1, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScatterBFloat16(Float512 value, ref BFloat16 destination, nint stride, int lanes) => BFloat16Format<Float512>.Scatter(value, ref destination, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 RoundToBFloat16(Float512 value) => BFloat16Format<Float512>.RoundToNearest(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 RoundStochastically(Float512 value, uint key, nint element, nint stride) =>
        BFloat16Format<Float512>.RoundStochastically(value, key, element, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadSigned8(ref readonly byte codes, Float512 scale) => DynamicMap<Float512, SignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadUnsigned8(ref readonly byte codes, Float512 scale) => DynamicMap<Float512, UnsignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    public static void StoreSigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float512, SignedMap>.Store(ref values, count, ref codes, ref scale);

    /// <inheritdoc/>
    public static void StoreUnsigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float512, UnsignedMap>.Store(ref values, count, ref codes, ref scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.BroadcastBits(int value) => new(Vector512.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.SequenceBits(int start, int step) => new((Vector512.Create(start) + (Vector512<int>.Indices * step)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.MultiplyBits(Float512 a, Float512 b) => new((a._value.AsInt32() * b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.XorBits(Float512 a, Float512 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.MinFast(Float512 a, Float512 b) => new(Vector512.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.MaxFast(Float512 a, Float512 b) => new(Vector512.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.MinSigned(Float512 a, Float512 b) => new(Vector512.Min(a._value.AsInt32(), b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.MinUnsigned(Float512 a, Float512 b) => new(Vector512.Min(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.MaxUnsigned(Float512 a, Float512 b) => new(Vector512.Max(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.AbsBits(Float512 a) => new(Vector512.Abs(a._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.ToInteger(Float512 a) => new(Vector512.ConvertToInt32Native(a._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.FromInteger(Float512 a) => new(Vector512.ConvertToSingle(a._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint IFloatBits<Float512>.MaxAcrossUnsigned(Float512 a) =>
        Float256.MaxAcrossBits(Vector256.Max(a._value.AsUInt32().GetLower(), a._value.AsUInt32().GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.LoadSignedBytes(ref readonly byte source)
    {
        Vector128<sbyte> bytes = Vector128.LoadUnsafe(in source).AsSByte();
        if (Avx512F.IsSupported)
            return new(Avx512F.ConvertToVector512Int32(bytes).AsSingle());
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(bytes);
        return new(Vector512.Create(Float256.Widen(lower), Float256.Widen(upper)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.Lookup(float n0, float n1, float n2, float n3, float n4, float n5, float n6, float n7, Float512 index)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<float> numbers = Vector512.Create(n0, n1, n2, n3, n4, n5, n6, n7, n0, n1, n2, n3, n4, n5, n6, n7);
            return new(Avx512F.PermuteVar16x32(numbers, index._value.AsInt32()));
        }

        Vector256<float> table = Vector256.Create(n0, n1, n2, n3, n4, n5, n6, n7);
        return new(Vector512.Create(Float256.Lookup(table, index._value.GetLower()), Float256.Lookup(table, index._value.GetUpper())));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.LoadHalves(ref readonly ushort source)
    {
        Vector256<ushort> halves = Vector256.LoadUnsafe(in source);
        if (Avx512F.IsSupported)
            return new(Avx512F.ConvertToVector512Int32(halves).AsSingle());
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(halves);
        return new(Vector512.Create(lower, upper).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float512>.StoreUpperHalves(Float512 value, ref ushort destination)
    {
        // One permutation of 16-bit lanes takes the place of a shift and a narrowing, which is two.
        Vector512<ushort> halves = value._value.AsUInt16();
        Vector256<ushort> upper = Avx512BW.IsSupported
            ? Avx512BW.PermuteVar32x16(halves, (Vector512<ushort>.Indices << 1) | Vector512<ushort>.One).GetLower()
            : Vector256.Narrow(halves.AsUInt32().GetLower() >>> 16, halves.AsUInt32().GetUpper() >>> 16);
        upper.StoreUnsafe(ref destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 IFloatBits<Float512>.LoadBytes(ref readonly byte source)
    {
        Vector128<byte> bytes = Vector128.LoadUnsafe(in source);
        if (Avx512F.IsSupported)
            return new(Avx512F.ConvertToVector512Int32(bytes).AsSingle());
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(bytes);
        return new(Vector512.Create(Float256.Widen(lower), Float256.Widen(upper)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float512>.StoreBytes(Float512 value, ref byte destination)
    {
        Vector512<uint> bits = value._value.AsUInt32();
        Vector128<byte> bytes = Avx512F.IsSupported
            ? Avx512F.ConvertToVector128Byte(bits)
            : Vector128.Narrow(Float256.Narrow(bits.GetLower()), Float256.Narrow(bits.GetUpper()));
        bytes.StoreUnsafe(ref destination);
    }
}
