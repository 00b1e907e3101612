using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Simd;

/// <summary>
/// Elementary functions, written once for every element type and vector width. Every width computes the same operations in the same order, so results are
/// the same to the last bit. Over the whole range, results lie within 1.5 units in the last place of the exact ones for Exp, Log, Pow and Cbrt and within 2.5
/// for Tanh and Sigmoid (double: 2 and 5, held against the system's functions, whose own error counts in). Subnormal arguments and results are right.
/// </summary>
internal static partial class ElementaryMath<V, T, C>
    where V : struct, ISimdBits<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where C : struct, IMathConstants<T>
{
    private static V One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Broadcast(T.One);
    }

    private static V Two
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Broadcast(T.One + T.One);
    }

    private static V Half
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Broadcast(T.One / (T.One + T.One));
    }

    private static V Infinity
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Broadcast(T.PositiveInfinity);
    }

    private static V NaN
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Broadcast(T.NaN);
    }

    /// <summary>eˣ = 2ⁿ·eʳ with n the whole number nearest to x / ln 2 and a polynomial for eʳ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp(V x)
    {
        x = V.ClampFast(x, V.Broadcast(C.LowestExponential), V.Broadcast(C.HighestExponential));
        V n = V.FusedMultiplyAdd(x, V.Broadcast(C.Log2E), V.Broadcast(C.RoundingMagic)) - V.Broadcast(C.RoundingMagic);
        V r = Remainder(x, n);
        V p = V.FusedMultiplyAdd(C.ExpTail(r), r, One);
        return V.Scale(V.FusedMultiplyAdd(p, r, One), n);
    }

    /// <summary>ln x = k·ln 2 + ln m with √½ ≤ m &lt; √2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log(V x)
    {
        (V k, V f) = Decompose(x);
        V result = V.FusedMultiplyAdd(k, V.Broadcast(C.Ln2High), f + V.FusedMultiplyAdd(k, V.Broadcast(C.Ln2Low), C.LogTail(f)));

        // ∞ and NaN stay; 0 gives −∞ and the rest NaN.
        result = V.SelectLess(x, Infinity, result, x);
        return V.SelectLess(V.Zero, x, result, V.SelectEqual(x, V.Zero, -Infinity, NaN));
    }

    /// <summary>tanh x = (e²ˣ − 1) / (e²ˣ + 1), with e²ˣ − 1 computed without cancellation, so small results are as accurate as large ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh(V x)
    {
        V magnitude = V.Abs(x);
        V y = V.ClampFast(magnitude + magnitude, V.Zero, V.Broadcast(C.TanhLimit));
        V whole = V.FusedMultiplyAdd(y, V.Broadcast(C.Log2E), V.Broadcast(C.RoundingMagic));
        V r = Remainder(y, whole - V.Broadcast(C.RoundingMagic));

        // eʳ − 1, then 2ⁿ·(eʳ − 1) + (2ⁿ − 1).
        V p = V.FusedMultiplyAdd(r * r, C.ExpTail(r), r);
        V power = PowerOfTwo(whole);
        V less = V.FusedMultiplyAdd(p, power, power - One);
        return V.CopySign(less / (less + Two), x);
    }

    /// <summary>1 / (1 + e⁻ˣ), from the exponential that cannot overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid(V x)
    {
        V e = Exp(-V.Abs(x));
        return V.SelectLess(x, V.Zero, e, One) / (One + e);
    }

    /// <summary>a·2ⁿ in two steps, of which the first is exact: for processors without such an instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale(V a, V n)
    {
        V magic = V.Broadcast(C.RoundingMagic);
        V wholeHalf = V.FusedMultiplyAdd(n, Half, magic);
        return a * PowerOfTwo(wholeHalf) * PowerOfTwo(n - (wholeHalf - magic) + magic);
    }

    /// <summary>2ⁿ, for <paramref name="whole"/> = n + <see cref="IMathConstants{T}.RoundingMagic"/>; the power must be a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo(V whole) => V.AddBits(V.ShiftLeft(whole, C.MantissaBits), One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Remainder(V x, V n) => V.FusedMultiplyAdd(n, V.Broadcast(-C.Ln2Low), V.FusedMultiplyAdd(n, V.Broadcast(-C.Ln2High), x));

    /// <summary>k and f such that x = 2ᵏ·(1 + f) and √½ ≤ 1 + f &lt; √2, for positive finite x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V K, V F) Decompose(V x)
    {
        V smallest = V.Broadcast(C.SmallestNormal), plainBias = V.Broadcast(C.ExponentMagic + C.ExponentBias);
        V normal = V.SelectLess(x, smallest, x * V.Broadcast(C.SubnormalFactor), x);
        V bias = V.SelectLess(x, smallest, V.Broadcast(C.ExponentMagic + C.ExponentBias + C.SubnormalExponent), plainBias);

        // Counted from √½ on, the bits of the exponent hold k and those of the mantissa m.
        V bits = V.AddBits(normal, V.Broadcast(C.OneAboveSqrtHalf));
        V k = V.Or(V.ShiftRight(bits, C.MantissaBits), V.Broadcast(C.ExponentMagic)) - bias;
        V m = V.AddBits(V.And(bits, V.Broadcast(C.MantissaMask)), V.Broadcast(C.SqrtHalf));
        return (k, m - One);
    }
}
