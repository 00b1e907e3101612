using System.Runtime.CompilerServices;

namespace OptGen.Simd;

// The error function, sine and cosine: polynomials through Chebyshev points.
internal readonly partial struct DoubleConstants
{
    public static double ErfLimit => 6.0;

    public static double TwoOverPi => 0.6366197723675814;

    public static double HalfPiHigh => 1.5707963267948966;

    public static double HalfPiMiddle => 6.123233995736766e-17;

    public static double HalfPiLow => -1.4973849048591698e-33;

    public static double LargestAngle => 1e9;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ErfSmall<V>(V z)
        where V : struct, ISimdBits<V, double>
    {
        V p = V.Broadcast(-4.230945824295338e-12);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(8.709045129053106e-11));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-1.216456005728345e-09));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(1.4792401209404813e-08));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-1.6364642158167616e-07));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(1.6462045441468418e-06));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-1.4925647567519332e-05));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.00012055332902888736));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.000854832702193483));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.0052239776254232985));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.02686617064512984));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.1128379167095512));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.37612638903183754));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.12837916709551256));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ErfTail<V>(V t)
        where V : struct, ISimdBits<V, double>
    {
        V p = V.Broadcast(-4.215301054238321e-07);
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-5.322696855655786e-07));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(1.1780775215625583e-06));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(3.789215643758464e-06));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(1.392621183618803e-06));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-1.396807230177146e-05));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-2.7579864674305787e-05));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(2.7525480361206068e-05));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.00017436116545392264));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(4.355560219515472e-05));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.000981977026567889));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.0008471432509203844));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.006997461739200444));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.003732892404327764));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.07897858101573213));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.24165819424246646));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(-0.4271858474139584));
        p = V.FusedMultiplyAdd(p, t, V.Broadcast(0.25539567631050575));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SinTail<V>(V z)
        where V : struct, ISimdBits<V, double>
    {
        V p = V.Broadcast(-7.586576588171073e-13);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(1.6058529572267877e-10));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-2.5052106219521895e-08));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(2.755731921930192e-06));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.00019841269841265017));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.008333333333333331));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.16666666666666666));
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V CosTail<V>(V z)
        where V : struct, ISimdBits<V, double>
    {
        V p = V.Broadcast(4.745804889760674e-14);
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-1.1470459749675607e-11));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(2.087675578389404e-09));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-2.7557319221382114e-07));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(2.4801587301584618e-05));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(-0.0013888888888888887));
        p = V.FusedMultiplyAdd(p, z, V.Broadcast(0.041666666666666664));
        return p;
    }
}
