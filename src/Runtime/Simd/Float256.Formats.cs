using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

// The narrow formats of memory.
public readonly partial struct Float256 : IFloatSimd<Float256>, IFloatBits<Float256>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBFloat16(ref readonly BFloat16 source) => BFloat16Format<Float256>.Load(in source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBFloat16Partial(ref readonly BFloat16 source, int lanes) => BFloat16Format<Float256>.LoadPartial(in source, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 GatherBFloat16(ref readonly BFloat16 source, nint stride, int lanes) => BFloat16Format<Float256>.Gather(in source, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Float256 value, ref BFloat16 destination) => BFloat16Format<Float256>.Store(value, ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16Partial(Float256 value, ref BFloat16 destination, int lanes) => BFloat16Format<Float256>.Scatter(value, ref destination, 1, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScatterBFloat16(Float256 value, ref BFloat16 destination, nint stride, int lanes) => BFloat16Format<Float256>.Scatter(value, ref destination, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 RoundToBFloat16(Float256 value) => BFloat16Format<Float256>.RoundToNearest(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 RoundStochastically(Float256 value, uint key, nint element, nint stride) =>
        BFloat16Format<Float256>.RoundStochastically(value, key, element, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadSigned8(ref readonly byte codes, Float256 scale) => DynamicMap<Float256, SignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadUnsigned8(ref readonly byte codes, Float256 scale) => DynamicMap<Float256, UnsignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    public static void StoreSigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float256, SignedMap>.Store(ref values, count, ref codes, ref scale);

    /// <inheritdoc/>
    public static void StoreUnsigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float256, UnsignedMap>.Store(ref values, count, ref codes, ref scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.BroadcastBits(int value) => new(Vector256.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.SequenceBits(int start, int step) => new((Vector256.Create(start) + (Vector256<int>.Indices * step)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.MultiplyBits(Float256 a, Float256 b) => new((a._value.AsInt32() * b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.XorBits(Float256 a, Float256 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.MinFast(Float256 a, Float256 b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.MaxFast(Float256 a, Float256 b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.MinSigned(Float256 a, Float256 b) => new(Vector256.Min(a._value.AsInt32(), b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.MinUnsigned(Float256 a, Float256 b) => new(Vector256.Min(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.MaxUnsigned(Float256 a, Float256 b) => new(Vector256.Max(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.AbsBits(Float256 a) => new(Vector256.Abs(a._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.ToInteger(Float256 a) => new(Vector256.ConvertToInt32Native(a._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.FromInteger(Float256 a) => new(Vector256.ConvertToSingle(a._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint IFloatBits<Float256>.MaxAcrossUnsigned(Float256 a) => MaxAcrossBits(a._value.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.LoadSignedBytes(ref readonly byte source)
    {
        Vector128<sbyte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(in source)).AsSByte();
        return new(Avx2.IsSupported ? Avx2.ConvertToVector256Int32(bytes).AsSingle() : Widen(Vector128.WidenLower(bytes)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.Lookup(float n0, float n1, float n2, float n3, float n4, float n5, float n6, float n7, Float256 index) => new(Lookup(Vector256.Create(n0, n1, n2, n3, n4, n5, n6, n7), index._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.LoadHalves(ref readonly ushort source) => new(Widen(Vector128.LoadUnsafe(in source)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float256>.StoreUpperHalves(Float256 value, ref ushort destination) => Narrow(value._value.AsUInt32() >>> 16).StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 IFloatBits<Float256>.LoadBytes(ref readonly byte source)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(in source)).AsByte();
        return new(Avx2.IsSupported ? Avx2.ConvertToVector256Int32(bytes).AsSingle() : Widen(Vector128.WidenLower(bytes)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float256>.StoreBytes(Float256 value, ref byte destination)
    {
        Vector128<ushort> halves = Narrow(value._value.AsUInt32());
        Unsafe.WriteUnaligned(ref destination, Vector128.Narrow(halves, halves).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint MaxAcrossBits(Vector256<uint> bits) => Float128.MaxAcrossBits(Vector128.Max(bits.GetLower(), bits.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Widen(Vector128<short> halves)
    {
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int32(halves);
        (Vector128<int> lower, Vector128<int> upper) = Vector128.Widen(halves);
        return Vector256.Create(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Lookup(Vector256<float> table, Vector256<float> index) => Avx2.IsSupported
        ? Avx2.PermuteVar8x32(table, index.AsInt32())
        : Vector256.Create(Float128.Lookup(table, index.GetLower()), Float128.Lookup(table, index.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> Widen(Vector128<ushort> halves)
    {
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int32(halves).AsUInt32();
        (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(halves);
        return Vector256.Create(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<ushort> Narrow(Vector256<uint> bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.ConvertToVector128UInt16(bits) : Vector128.Narrow(bits.GetLower(), bits.GetUpper());
}
