using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OptGen.Simd;

/// <summary>Vectors in memory as <see cref="BFloat16"/>.</summary>
internal static class BFloat16Format<V>
    where V : struct, IFloatBits<V>
{
    private const int HalfBits = 16;

    // The largest BFloat16.
    private const float Largest = 3.3895314E38f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(ref readonly BFloat16 source) => V.ShiftLeft(V.LoadHalves(in Halves(ref Unsafe.AsRef(in source))), HalfBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial(ref readonly BFloat16 source, int lanes)
    {
        Vector256<ushort> buffer = default;
        ref ushort first = ref Unsafe.As<Vector256<ushort>, ushort>(ref buffer);
        for (int i = 0; i < Math.Min(lanes, V.Count); i++)
            Unsafe.Add(ref first, i) = Unsafe.Add(ref Halves(ref Unsafe.AsRef(in source)), i);
        return V.ShiftLeft(V.LoadHalves(in first), HalfBits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gather(ref readonly BFloat16 source, nint stride, int lanes)
    {
        Vector256<ushort> buffer = default;
        ref ushort first = ref Unsafe.As<Vector256<ushort>, ushort>(ref buffer);
        for (int i = 0; i < Math.Min(lanes, V.Count); i++)
            Unsafe.Add(ref first, i) = Unsafe.Add(ref Halves(ref Unsafe.AsRef(in source)), i * stride);
        return V.ShiftLeft(V.LoadHalves(in first), HalfBits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V value, ref BFloat16 destination) => V.StoreHalves(UpperHalf(value), ref Halves(ref destination));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(V value, ref BFloat16 destination, nint stride, int lanes)
    {
        Vector256<ushort> buffer = default;
        ref ushort first = ref Unsafe.As<Vector256<ushort>, ushort>(ref buffer);
        V.StoreHalves(UpperHalf(value), ref first);
        for (int i = 0; i < Math.Min(lanes, V.Count); i++)
            Unsafe.Add(ref Halves(ref destination), i * stride) = Unsafe.Add(ref first, i);
    }

    /// <summary>
    /// Adds random bits below the last bit that stays, and cuts off: the sum carries with the probability that the part cut off stands for. The random bits are a hash of
    /// the element's number (xor-shifts and multiplications with the constants that C. Wellons found for 32 bits), with the key mixed in at two places.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V RoundStochastically(V value, ulong key, nint element, nint stride)
    {
        V hash = V.AddBits(V.SequenceBits((int)element, (int)stride), V.BroadcastBits((int)key));
        hash = V.MultiplyBits(V.XorBits(hash, V.ShiftRight(hash, 16)), V.BroadcastBits(0x7FEB352D));
        hash = V.XorBits(V.XorBits(hash, V.ShiftRight(hash, 15)), V.BroadcastBits((int)(key >> 32)));
        hash = V.MultiplyBits(hash, V.BroadcastBits(unchecked((int)0x846CA68B)));
        V rounded = V.AddBits(value, V.ShiftRight(hash, HalfBits));
        rounded = V.ShiftLeft(V.ShiftRight(rounded, HalfBits), HalfBits);

        // False for NaN, too.
        return V.Select(V.Less(V.Abs(value), V.Broadcast(Largest)), rounded, value);
    }

    /// <summary>The upper half as a whole number, rounded to nearest, ties to even. A carry out of the fraction goes where it belongs: into the exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V UpperHalf(V value)
    {
        V upper = V.ShiftRight(value, HalfBits);
        V lastBit = V.And(upper, V.BroadcastBits(1));
        V rounded = V.ShiftRight(V.AddBits(V.AddBits(value, V.BroadcastBits(0x7FFF)), lastBit), HalfBits);

        // The bit that makes a NaN quiet also keeps it from becoming infinity when all its bits are in the lower half.
        return V.Select(V.Equal(value, value), rounded, V.Or(upper, V.BroadcastBits(0x40)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ushort Halves(ref BFloat16 source) => ref Unsafe.As<BFloat16, ushort>(ref source);
}
