namespace OptGen.Simd;

/// <summary>Elementary functions of <see cref="double"/>, written once for every vector width.</summary>
internal static class DoubleMath
{
    public static V Exp<V>(V x) where V : struct, ISimdBits<V, double> => Map(x, Math.Exp);

    public static V Log<V>(V x) where V : struct, ISimdBits<V, double> => Map(x, Math.Log);

    public static V Tanh<V>(V x) where V : struct, ISimdBits<V, double> => Map(x, Math.Tanh);

    public static V Sigmoid<V>(V x) where V : struct, ISimdBits<V, double> => Map(x, static x => 1 / (1 + Math.Exp(-x)));

    public static V Pow<V>(V x, V y) where V : struct, ISimdBits<V, double>
    {
        Span<double> a = stackalloc double[16], b = stackalloc double[16];
        V.Store(x, ref a[0]);
        V.Store(y, ref b[0]);
        for (int i = 0; i < V.Count; i++)
            a[i] = Math.Pow(a[i], b[i]);
        return V.Load(in a[0]);
    }

    public static V Scale<V>(V x, V n) where V : struct, ISimdBits<V, double>
    {
        Span<double> a = stackalloc double[16], b = stackalloc double[16];
        V.Store(x, ref a[0]);
        V.Store(n, ref b[0]);
        for (int i = 0; i < V.Count; i++)
            a[i] = Math.ScaleB(a[i], (int)b[i]);
        return V.Load(in a[0]);
    }

    private static V Map<V>(V x, Func<double, double> f) where V : struct, ISimdBits<V, double>
    {
        Span<double> lanes = stackalloc double[16];
        V.Store(x, ref lanes[0]);
        for (int i = 0; i < V.Count; i++)
            lanes[i] = f(lanes[i]);
        return V.Load(in lanes[0]);
    }
}
