using System.Runtime.CompilerServices;

namespace OptGen.Simd;

/// <summary>Constants of <see cref="double"/>; the polynomials are minimax fits with coefficients of this type.</summary>
internal readonly partial struct DoubleConstants : IMathConstants<double>
{
    public static int MantissaBits => 52;

    public static double RoundingMagic => 6755399441055744.0;

    public static double Log2E => 1.4426950408889634;

    public static double Ln2High => 0.6931471805598903;

    public static double Ln2Low => 5.497923018708371E-14;

    public static double LowestExponential => -746.0;

    public static double HighestExponential => 710.0;

    public static double TanhLimit => 40.0;

    public static double SmallestNormal => 2.2250738585072014E-308;

    public static double SubnormalFactor => 18014398509481984.0;

    public static double SubnormalExponent => 54.0;

    public static double ExponentMagic => 4503599627370496.0;

    public static double ExponentBias => 1023.0;

    public static double SqrtHalf => BitConverter.UInt64BitsToDouble(0x3FE6A09E667F3BCC);

    public static double OneAboveSqrtHalf => BitConverter.UInt64BitsToDouble(0x00095F619980C434);

    public static double MantissaMask => BitConverter.UInt64BitsToDouble(0x000FFFFFFFFFFFFF);

    public static double TwoThirds => 0.6666666666666666;

    public static double TwoThirdsLow => 3.700743415417188E-17;

    public static double SubnormalRoot => 3.814697265625E-06;

    public static int CbrtShift => 12;

    public static double Third => 0.3333333333333333;

    public static double CbrtGuess => 7504462280020390.0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InverseCbrt<V>(V x, V guess)
        where V : struct, ISimdBits<V, double>
    {
        // (1 + u)^−⅓ times the guess, with an error of 2.8e-6.
        V u = V.FusedMultiplyAdd(x * (guess * guess), guess, V.Broadcast(-1.0));
        V p = V.FusedMultiplyAdd(V.Broadcast(-0.17105368225823303), u, V.Broadcast(0.22347970708194662));
        p = V.FusedMultiplyAdd(p, u, V.Broadcast(-0.3333436516223122));

        // Of the leading half of the bits the square is exact.
        return V.And(V.FusedMultiplyAdd(guess * u, p, guess), V.Broadcast(BitConverter.UInt64BitsToDouble(0xFFFFFFFFF8000000)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V CbrtTail<V>(V u)
        where V : struct, ISimdBits<V, double>
    {
        V p = V.FusedMultiplyAdd(V.Broadcast(-40.0 / 81), u, V.Broadcast(5.0 / 9));
        return V.FusedMultiplyAdd(p, u, V.Broadcast(-2.0 / 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpTail<V>(V r)
        where V : struct, ISimdBits<V, double>
    {
        V p = V.Broadcast(2.5109761817230604E-8);
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(2.7620253163952027E-7));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(2.755724319423874E-6));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(2.480152088075802E-5));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.00019841269885708055));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.0013888888917560711));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.008333333333322568));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.04166666666662306));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.16666666666666674));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.5000000000000001));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogTail<V>(V f)
        where V : struct, ISimdBits<V, double>
    {
        // With s = f / (2 + f), ln(1 + f) = 2s + s³·p(s²) = f − s·(f − s²·p); written with f²/2, the part after f is small.
        V s = f / (V.Broadcast(2) + f);
        V z = s * s;
        V p = V.Broadcast(0.14618513803099617);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.15331553590710692));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.18182894152162932));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.22222211068079892));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.28571428626339174));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.3999999999989904));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.666666666666667));
        V half = V.Broadcast(0.5) * f * f;
        return V.FusedMultiplyAdd(s, V.FusedMultiplyAdd(z, p, half), -half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogSeries<V>(V z)
        where V : struct, ISimdBits<V, double>
    {
        V p = V.Broadcast(0.1158940335425514);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.11721045006743175));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.13334148907070648));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.15384609753917594));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.18181818156691312));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.2222222222276446));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.2857142857142633));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.4));
        return p;
    }
}
