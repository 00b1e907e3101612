using System.Runtime.CompilerServices;

namespace OptGen.Simd;

/// <summary>Constants of <see cref="float"/>; the polynomials are minimax fits with coefficients of this type.</summary>
internal readonly partial struct FloatConstants : IMathConstants<float>
{
    public static int MantissaBits => 23;

    public static float RoundingMagic => 12582912f;

    public static float Log2E => 1.442695f;

    public static float Ln2High => 0.69314575f;

    public static float Ln2Low => 1.4286068E-6f;

    public static float LowestExponential => -104f;

    public static float HighestExponential => 89f;

    public static float TanhLimit => 20f;

    public static float SmallestNormal => 1.17549435E-38f;

    public static float SubnormalFactor => 16777216f;

    public static float SubnormalExponent => 24f;

    public static float ExponentMagic => 8388608f;

    public static float ExponentBias => 127f;

    public static float SqrtHalf => BitConverter.UInt32BitsToSingle(0x3F3504F3);

    public static float OneAboveSqrtHalf => BitConverter.UInt32BitsToSingle(0x004AFB0D);

    public static float MantissaMask => BitConverter.UInt32BitsToSingle(0x007FFFFF);

    public static float TwoThirds => 0.6666667f;

    public static float TwoThirdsLow => -1.9868216E-8f;

    public static float SubnormalRoot => 0.00390625f;

    // Three bits more than sign and exponent: of a guess with so few bits the square is exact.
    public static int CbrtShift => 12;

    public static float Third => 0.33333334f;

    public static float CbrtGuess => 11531473f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InverseCbrt<V>(V x, V guess)
        where V : struct, ISimdBits<V, float> => guess;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V CbrtTail<V>(V u)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(-0.41509777f);
        p = V.FusedMultiplyAdd(p, u, V.Broadcast(0.4584697f));
        p = V.FusedMultiplyAdd(p, u, V.Broadcast(-0.4939308f));
        p = V.FusedMultiplyAdd(p, u, V.Broadcast(0.5555367f));
        return V.FusedMultiplyAdd(p, u, V.Broadcast(-0.6666665f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpTail<V>(V r)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(0.001393533f);
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.008363261f));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.041666463f));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.16666576f));
        p = V.FusedMultiplyAdd(p, r, V.Broadcast(0.5f));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogTail<V>(V f)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(0.07341486f);
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(-0.11663771f));
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(0.1163284f));
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(-0.12396036f));
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(0.14251317f));
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(-0.16669187f));
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(0.20000681f));
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(-0.2499998f));
        p = V.FusedMultiplyAdd(p, f, V.Broadcast(0.3333333f));
        return f * f * V.FusedMultiplyAdd(p, f, V.Broadcast(-0.5f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogSeries<V>(V z)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(0.18872368f);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.22217558f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.28571343f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.4f));
        return p;
    }
}
