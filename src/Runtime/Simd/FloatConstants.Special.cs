using System.Runtime.CompilerServices;

namespace OptGen.Simd;

// The error function, sine and cosine: polynomials through Chebyshev points.
internal readonly partial struct FloatConstants
{
    public static float ErfLimit => 4.1f;

    public static float TwoOverPi => 0.63661975f;

    public static float HalfPiHigh => 1.5707964f;

    public static float HalfPiMiddle => -4.371139e-08f;

    public static float HalfPiLow => -1.7151245e-15f;

    public static float LargestAngle => 1e5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ErfSmall<V>(V z)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(7.875875e-05f);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.00080168643f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.0051890872f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.026854211f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.11283594f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.37612626f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.12837917f));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ErfTail<V>(V t)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(5.8248886e-05f);
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.00093827874f));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.0008493325f));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.006993739f));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.0037330107f));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.078978464f));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.2416582f));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.42718586f));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.25539568f));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SinTail<V>(V z)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(-0.00019587387f);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.008332746f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.16666664f));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V CosTail<V>(V z)
        where V : struct, ISimdBits<V, float>
    {
        V p = V.Broadcast(2.4547437e-05f);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.00138883f));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.041666664f));
        return p;
    }
}
