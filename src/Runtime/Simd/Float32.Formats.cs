using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OptGen.Simd;

// The narrow formats of memory.
public readonly partial struct Float32 : IFloatSimd<Float32>, IFloatBits<Float32>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 LoadBFloat16(ref readonly BFloat16 source) => BFloat16Format<Float32>.Load(in source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 LoadBFloat16Partial(ref readonly BFloat16 source, int lanes) => BFloat16Format<Float32>.LoadPartial(in source, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 GatherBFloat16(ref readonly BFloat16 source, nint stride, int lanes) => BFloat16Format<Float32>.Gather(in source, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Float32 value, ref BFloat16 destination) => BFloat16Format<Float32>.Store(value, ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16Partial(Float32 value, ref BFloat16 destination, int lanes) => BFloat16Format<Float32>.Scatter(value, ref destination, 1, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScatterBFloat16(Float32 value, ref BFloat16 destination, nint stride, int lanes) => BFloat16Format<Float32>.Scatter(value, ref destination, stride, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 RoundToBFloat16(Float32 value) => BFloat16Format<Float32>.RoundToNearest(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 RoundStochastically(Float32 value, uint key, nint element, nint stride) =>
        BFloat16Format<Float32>.RoundStochastically(value, key, element, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 LoadSigned8(ref readonly byte codes, Float32 scale) => DynamicMap<Float32, SignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 LoadUnsigned8(ref readonly byte codes, Float32 scale) => DynamicMap<Float32, UnsignedMap>.Load(in codes, scale);

    /// <inheritdoc/>
    public static void StoreSigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float32, SignedMap>.Store(ref values, count, ref codes, ref scale);

    /// <inheritdoc/>
    public static void StoreUnsigned8(ref float values, int count, ref byte codes, ref float scale) =>
        DynamicMap<Float32, UnsignedMap>.Store(ref values, count, ref codes, ref scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.BroadcastBits(int value) => OfBits(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.SequenceBits(int start, int step) => OfBits(start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.MultiplyBits(Float32 a, Float32 b) => OfBits(Bits(a) * Bits(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.XorBits(Float32 a, Float32 b) => OfBits(Bits(a) ^ Bits(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.MinFast(Float32 a, Float32 b) => a._value < b._value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.MaxFast(Float32 a, Float32 b) => a._value > b._value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.MinSigned(Float32 a, Float32 b) => OfBits(Math.Min(Bits(a), Bits(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.MinUnsigned(Float32 a, Float32 b) => OfBits((int)Math.Min((uint)Bits(a), (uint)Bits(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.MaxUnsigned(Float32 a, Float32 b) => OfBits((int)Math.Max((uint)Bits(a), (uint)Bits(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.AbsBits(Float32 a) => OfBits(Math.Abs(Bits(a)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint IFloatBits<Float32>.MaxAcrossUnsigned(Float32 a) => (uint)Bits(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.ToInteger(Float32 a) => OfBits((int)a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.FromInteger(Float32 a) => new(Bits(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.Lookup(float n0, float n1, float n2, float n3, float n4, float n5, float n6, float n7, Float32 index) =>
        new(Vector256.Create(n0, n1, n2, n3, n4, n5, n6, n7).GetElement(Bits(index) & 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.LoadHalves(ref readonly ushort source) => OfNarrow(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float32>.StoreUpperHalves(Float32 value, ref ushort destination) => destination = (ushort)(Bits(value) >>> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.LoadBytes(ref readonly byte source) => OfNarrow(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 IFloatBits<Float32>.LoadSignedBytes(ref readonly byte source) => OfNarrow((sbyte)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IFloatBits<Float32>.StoreBytes(Float32 value, ref byte destination) => destination = (byte)Bits(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bits(Float32 a) => BitConverter.SingleToInt32Bits(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float32 OfBits(int bits) => new(BitConverter.Int32BitsToSingle(bits));

    // BitConverter would read four bytes: the optimizing JIT drops the widening of a narrower load below a reinterpretation (dotnet/runtime#133580).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float32 OfNarrow(int bits) => new(Vector128.CreateScalarUnsafe(bits).AsSingle().ToScalar());
}
