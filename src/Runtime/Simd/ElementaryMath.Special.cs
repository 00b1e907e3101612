using System.Runtime.CompilerServices;

namespace OptGen.Simd;

// The error function, sine and cosine.
internal static partial class ElementaryMath<V, T, C>
{
    /// <summary>erf x: a polynomial up to 1, 1 − exp(−x²)·q(x) beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf(V x)
    {
        V magnitude = V.ClampFast(V.Abs(x), V.Zero, V.Broadcast(C.ErfLimit)), square = magnitude * magnitude;
        // The polynomial is what erf x / x has beyond 1, so that only the last addition rounds at full size.
        V small = V.FusedMultiplyAdd(magnitude, C.ErfSmall(square), magnitude);
        V tail = One - (Exp(-square) * C.ErfTail((magnitude - Two) / (magnitude + Two)));
        return V.CopySign(V.Select(V.Less(magnitude, One), small, tail), x);
    }

    /// <summary>sin x, for angles up to <see cref="IMathConstants{T}.LargestAngle"/>; NaN beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin(V x)
    {
        V n = QuarterTurns(x);

        // Adding up the parts of π/2 would lose the sign of −0.
        return V.Select(V.Equal(x, V.Zero), x, Circle(x, n, n));
    }

    /// <summary>cos x, a quarter turn ahead of the sine; NaN for angles beyond <see cref="IMathConstants{T}.LargestAngle"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cos(V x)
    {
        V n = QuarterTurns(x);
        return Circle(x, n, n + One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V QuarterTurns(V x) => V.FusedMultiplyAdd(x, V.Broadcast(C.TwoOverPi), V.Broadcast(C.RoundingMagic)) - V.Broadcast(C.RoundingMagic);

    /// <summary>The sine of what x has beyond n quarter turns, in quadrant <paramref name="q"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Circle(V x, V n, V q)
    {
        // The first product cancels exactly; the others add what π/2 has beyond its leading bits.
        V r = V.FusedMultiplyAdd(n, V.Broadcast(-C.HalfPiHigh), x);
        r = V.FusedMultiplyAdd(n, V.Broadcast(-C.HalfPiMiddle), r);
        r = V.FusedMultiplyAdd(n, V.Broadcast(-C.HalfPiLow), r);
        V z = r * r;
        V sin = V.FusedMultiplyAdd(r * z, C.SinTail(z), r), cos = V.FusedMultiplyAdd(z * z, C.CosTail(z), V.FusedMultiplyAdd(z, -Half, One));
        V four = Two + Two, quadrant = q - (four * V.Floor(q / four));
        V isOdd = V.Or(V.Equal(quadrant, One), V.Equal(quadrant, four - One)), isNegative = V.LessOrEqual(Two, quadrant);
        V value = V.Select(isOdd, cos, sin);
        value = V.Select(isNegative, -value, value);
        return V.Select(V.LessOrEqual(V.Abs(x), V.Broadcast(C.LargestAngle)), value, NaN);
    }
}
