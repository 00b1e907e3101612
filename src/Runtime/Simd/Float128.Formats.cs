using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OptGen.Simd;

// The narrow formats of memory.
public readonly partial struct Float128 : IFloatSimd<Float128>, IFloatBits<Float128>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBFloat16(ref readonly BFloat16 source) => BFloat16Format<Float128>.Load(in source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBFloat16Partial(ref readonly BFloat16 source, int lanes) => BFloat16Format<Float128>.LoadPartial(in source, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 GatherBFloat16(ref readonly BFloat16 source, nint stride, int lanes) => BFloat16Format<Float128>.Gather(in source, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Float128 value, ref BFloat16 destination) => BFloat16Format<Float128>.Store(value, ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16Partial(Float128 value, ref BFloat16 destination, int lanes) => BFloat16Format<Float128>.Scatter(value, ref destination, 1, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScatterBFloat16(Float128 value, ref BFloat16 destination, nint stride, int lanes) => BFloat16Format<Float128>.Scatter(value, ref destination, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 RoundToBFloat16(Float128 value) => BFloat16Format<Float128>.RoundToNearest(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 RoundStochastically(Float128 value, uint key, nint element, nint stride) =>
        BFloat16Format<Float128>.RoundStochastically(value, key, element, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadSigned8(ref readonly byte codes, Float128 scale) => DynamicMap<Float128, SignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadUnsigned8(ref readonly byte codes, Float128 scale) => DynamicMap<Float128, UnsignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    public static void StoreSigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float128, SignedMap>.Store(ref values, count, ref codes, ref scale);

    /// <inheritdoc/>
    public static void StoreUnsigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float128, UnsignedMap>.Store(ref values, count, ref codes, ref scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.BroadcastBits(int value) => new(Vector128.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.SequenceBits(int start, int step) => new((Vector128.Create(start) + (Vector128<int>.Indices * step)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.MultiplyBits(Float128 a, Float128 b) => new((a._value.AsInt32() * b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.XorBits(Float128 a, Float128 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.MinFast(Float128 a, Float128 b) => new(Vector128.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.MaxFast(Float128 a, Float128 b) => new(Vector128.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.MinSigned(Float128 a, Float128 b) => new(Vector128.Min(a._value.AsInt32(), b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.MinUnsigned(Float128 a, Float128 b) => new(Vector128.Min(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.MaxUnsigned(Float128 a, Float128 b) => new(Vector128.Max(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.AbsBits(Float128 a) => new(Vector128.Abs(a._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.ToInteger(Float128 a) => new(Vector128.ConvertToInt32Native(a._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.FromInteger(Float128 a) => new(Vector128.ConvertToSingle(a._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint IFloatBits<Float128>.MaxAcrossUnsigned(Float128 a) => MaxAcrossBits(a._value.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.LoadSignedBytes(ref readonly byte source) =>
        new(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(in source)).AsSByte())).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.Lookup(float n0, float n1, float n2, float n3, float n4, float n5, float n6, float n7, Float128 index) => new(Lookup(Vector256.Create(n0, n1, n2, n3, n4, n5, n6, n7), index._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.LoadHalves(ref readonly ushort source) =>
        new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(in Unsafe.As<ushort, byte>(ref Unsafe.AsRef(in source)))).AsUInt16()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float128>.StoreUpperHalves(Float128 value, ref ushort destination)
    {
        Vector128<uint> bits = value._value.AsUInt32() >>> 16;
        Unsafe.WriteUnaligned(ref Unsafe.As<ushort, byte>(ref destination), Vector128.Narrow(bits, bits).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 IFloatBits<Float128>.LoadBytes(ref readonly byte source) =>
        new(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(in source)).AsByte())).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float128>.StoreBytes(Float128 value, ref byte destination)
    {
        Vector128<uint> bits = value._value.AsUInt32();
        Vector128<ushort> halves = Vector128.Narrow(bits, bits);
        Unsafe.WriteUnaligned(ref destination, Vector128.Narrow(halves, halves).AsUInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint MaxAcrossBits(Vector128<uint> bits)
    {
        bits = Vector128.Max(bits, Vector128.Shuffle(bits, Vector128.Create(2u, 3u, 0u, 1u)));
        return Vector128.Max(bits, Vector128.Shuffle(bits, Vector128.Create(1u, 0u, 3u, 2u))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Lookup(Vector256<float> table, Vector128<float> index)
    {
        ref float first = ref Unsafe.As<Vector256<float>, float>(ref table);
        Vector128<int> entry = index.AsInt32() & Vector128.Create(7);
        return Vector128.Create(
            Unsafe.Add(ref first, entry.GetElement(0)),
            Unsafe.Add(ref first, entry.GetElement(1)),
            Unsafe.Add(ref first, entry.GetElement(2)),
            Unsafe.Add(ref first, entry.GetElement(3)));
    }
}
