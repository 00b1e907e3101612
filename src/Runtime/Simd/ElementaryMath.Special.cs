using System.Runtime.CompilerServices;

namespace OptGen.Simd;

// The error function, cube root, sine and cosine.
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
        return V.CopySign(V.SelectLess(magnitude, One, small, tail), x);
    }

    /// <summary>
    /// ∛x from a guess at r = 1/∛x, a number whose bits are a third of those of x, subtracted from a constant: with y = x·r² and u = y·r − 1, ∛x = y·(1 + u)^−⅔. That holds
    /// for any y, so of its roundings only a third remains.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cbrt(V x)
    {
        V magnitude = V.Abs(x);
        V normal = V.SelectLess(magnitude, V.Broadcast(C.SmallestNormal), magnitude * V.Broadcast(C.SubnormalFactor), magnitude);

        // 2^MantissaBits + bits: a number, of which a third is taken, and at whose end the bits of the guess stand.
        V bits = V.Or(V.ShiftRight(normal, C.CbrtShift), V.Broadcast(C.ExponentMagic));
        V guess = V.ShiftLeft(V.FusedMultiplyAdd(bits, V.Broadcast(-C.Third), V.Broadcast(C.CbrtGuess)), C.CbrtShift);
        V r = C.InverseCbrt(normal, guess);
        V y = normal * (r * r);
        V u = V.FusedMultiplyAdd(y, r, V.Broadcast(-T.One));
        V root = V.FusedMultiplyAdd(y * u, C.CbrtTail(u), y);
        root = V.SelectLess(magnitude, V.Broadcast(C.SmallestNormal), root * V.Broadcast(C.SubnormalRoot), root);

        // ∞ and NaN stay.
        return V.CopySign(V.SelectLess(magnitude, Infinity, root, magnitude), x);
    }

    /// <summary>sin x, for angles up to <see cref="IMathConstants{T}.LargestAngle"/>; NaN beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin(V x)
    {
        V n = QuarterTurns(x);

        // Adding up the parts of π/2 would lose the sign of −0.
        return V.SelectEqual(x, V.Zero, x, Circle(x, n, n));
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
        return V.SelectLessOrEqual(V.Abs(x), V.Broadcast(C.LargestAngle), value, NaN);
    }
}
