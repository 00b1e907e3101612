using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OptGen.Simd;

/// <summary>Vectors in memory as <see cref="BFloat16"/>.</summary>
internal static class BFloat16Format<V>
    where V : struct, IFloatBits<V>
{
    private const int HalfBits = 16;

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
    public static void Store(V value, ref BFloat16 destination) => V.StoreUpperHalves(value, ref Halves(ref destination));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(V value, ref BFloat16 destination, nint stride, int lanes)
    {
        Vector256<ushort> buffer = default;
        ref ushort first = ref Unsafe.As<Vector256<ushort>, ushort>(ref buffer);
        V.StoreUpperHalves(value, ref first);
        for (int i = 0; i < Math.Min(lanes, V.Count); i++)
            Unsafe.Add(ref Halves(ref destination), i * stride) = Unsafe.Add(ref first, i);
    }

    /// <summary>A carry out of the fraction goes where it belongs: into the exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V RoundToNearest(V value)
    {
        value = KeepNaN(value);
        V lastBit = V.And(V.ShiftRight(value, HalfBits), V.BroadcastBits(1));
        return V.AddBits(V.AddBits(value, V.BroadcastBits(0x7FFF)), lastBit);
    }

    /// <summary>
    /// Adds random bits below the last bit that stays: the sum carries with the probability that the part cut off stands for. The random bits are the upper half of a hash
    /// of the element's number: steps of the golden ratio from the key on, a shift and a multiplication.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V RoundStochastically(V value, uint key, nint element, nint stride)
    {
        const int golden = unchecked((int)0x9E3779B9), odd = unchecked((int)0x846CA68B);
        V hash = V.SequenceBits(unchecked(((int)element * golden) + (int)key), unchecked((int)stride * golden));
        hash = V.MultiplyBits(V.XorBits(hash, V.ShiftRight(hash, 15)), V.BroadcastBits(odd));
        return V.AddBits(KeepNaN(value), V.ShiftRight(hash, HalfBits));
    }

    /// <summary>A NaN whose fraction is all ones would turn to 0 with a carry; its lower half goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V KeepNaN(V value) =>
        V.MinUnsigned(V.MinSigned(value, V.BroadcastBits(0x7FFF0000)), V.BroadcastBits(unchecked((int)0xFFFF0000)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ushort Halves(ref BFloat16 source) => ref Unsafe.As<BFloat16, ushort>(ref source);
}
