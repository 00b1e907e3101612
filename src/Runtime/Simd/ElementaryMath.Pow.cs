using System.Runtime.CompilerServices;

namespace OptGen.Simd;

/// <content>Powers: e^(y·ln x) with the logarithm as a sum of two numbers, since the exponential magnifies its error.</content>
internal static partial class ElementaryMath<V, T, C>
{
    /// <summary>xʸ, with the special cases of IEEE 754. Too long to be worth inlining, and called from loops that are compiled only once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static V Pow(V x, V y)
    {
        V magnitude = V.Abs(x);
        (V high, V low) = LogOfTwoParts(magnitude);
        high = V.SelectLess(magnitude, Infinity, high, magnitude);
        high = V.SelectEqual(magnitude, V.Zero, -Infinity, high);

        V product = y * high;
        V clamped = V.ClampFast(product, V.Broadcast(C.LowestExponential), V.Broadcast(C.HighestExponential));
        V rest = V.FusedMultiplyAdd(y, low, V.FusedMultiplyAdd(y, high, -product));
        rest = V.SelectEqual(clamped, product, rest, V.Zero);
        V power = ExpOfSum(clamped, rest);

        // 1 to any power, also an infinite one, is 1; so is −1 but for the sign.
        power = V.Select(V.And(V.Equal(magnitude, One), V.Equal(y, y)), One, power);

        V whole = V.Equal(V.Floor(y), y);
        V odd = V.And(whole, V.Not(V.Equal(V.Floor(y * Half), y * Half)));
        V negative = V.Less(V.CopySign(One, x), V.Zero);
        power = V.Select(V.And(negative, odd), -power, power);

        V undefined = V.And(V.And(V.Less(x, V.Zero), V.Less(-Infinity, x)), V.Not(whole));
        power = V.Select(undefined, NaN, power);
        return V.Select(V.Or(V.Equal(y, V.Zero), V.Equal(x, One)), One, power);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpOfSum(V x, V rest)
    {
        V n = V.FusedMultiplyAdd(x, V.Broadcast(C.Log2E), V.Broadcast(C.RoundingMagic)) - V.Broadcast(C.RoundingMagic);
        V r = Remainder(x, n) + rest;
        V p = V.FusedMultiplyAdd(C.ExpTail(r), r, One);
        return V.Scale(V.FusedMultiplyAdd(p, r, One), n);
    }

    /// <summary>
    /// ln x for positive finite x, as high + low: k·ln 2 + 2s + s³·(⅔ + …) with s = f / (2 + f), where all but the last terms are computed to twice the precision.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V High, V Low) LogOfTwoParts(V x)
    {
        (V k, V f) = Decompose(x);

        // s + sLow = f / (2 + f).
        V divisor = Two + f;
        V divisorLow = f - (divisor - Two);
        V inverse = One / divisor;
        V s = f * inverse;
        V sLow = V.FusedMultiplyAdd(-s, divisorLow, V.FusedMultiplyAdd(-s, divisor, f)) * inverse;

        // z + zLow = s², cube + cubeLow = s³.
        V z = s * s;
        V zLow = V.FusedMultiplyAdd(s, s, -z) + (Two * s * sLow);
        V cube = z * s;
        V cubeLow = V.FusedMultiplyAdd(z, s, -cube) + V.FusedMultiplyAdd(z, sLow, zLow * s);

        // factor + factorLow = ⅔ + z·series(z); tail + tailLow = s³ times that.
        V beyond = z * C.LogSeries(z);
        V factor = V.Broadcast(C.TwoThirds) + beyond;
        V factorLow = V.Broadcast(C.TwoThirds) - factor + beyond + V.Broadcast(C.TwoThirdsLow);
        V tail = cube * factor;
        V tailLow = V.FusedMultiplyAdd(cube, factor, -tail) + V.FusedMultiplyAdd(cube, factorLow, cubeLow * factor);

        // k·ln 2 is larger than 2s unless k = 0, and their sum larger than the tail.
        V exponent = k * V.Broadcast(C.Ln2High);
        V twice = Two * s;
        V sum = exponent + twice;
        V larger = V.SelectEqual(k, V.Zero, twice, exponent);
        V smaller = V.SelectEqual(k, V.Zero, exponent, twice);
        V sumLow = larger - sum + smaller;
        V high = sum + tail;
        V low = sum - high + tail + (sumLow + V.FusedMultiplyAdd(k, V.Broadcast(C.Ln2Low), V.FusedMultiplyAdd(Two, sLow, tailLow)));
        return (high, low);
    }
}
