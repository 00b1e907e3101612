using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OptGen.Simd;

namespace OptGen.Kernels;

/// <summary>
/// Matrix products whose sizes are known only at run time, for what optimizers do to whole matrices; products of a model are compiled for their sizes instead. Every
/// sum is taken in the same order whatever the width of vectors, so results have the same bits.
/// </summary>
public static class MatrixProduct
{
    /// <summary>c[m, n] = Σ over k of a[m, k]·b[k, n], all in row-major order.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <exception cref="ArgumentException">A span is shorter than its matrix.</exception>
    /// <exception cref="NotSupportedException">The type is another.</exception>
    public static void Multiply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int m, int n, int k)
        where T : unmanaged
    {
        InputCheck.Capacity(a.Length, k, m, nameof(a));
        InputCheck.Capacity(b.Length, n, k, nameof(b));
        InputCheck.Capacity(c.Length, n, m, nameof(c));
        if (typeof(T) == typeof(float))
            Singles(MemoryMarshal.Cast<T, float>(a), MemoryMarshal.Cast<T, float>(b), MemoryMarshal.Cast<T, float>(c), m, n, k);
        else if (typeof(T) == typeof(double))
            Doubles(MemoryMarshal.Cast<T, double>(a), MemoryMarshal.Cast<T, double>(b), MemoryMarshal.Cast<T, double>(c), m, n, k);
        else
            throw new NotSupportedException($"Matrices of {typeof(T).Name} have no product; use float or double.");
    }

    private static void Singles(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k)
    {
        switch (OptGenRuntime.VectorBits)
        {
            case 512:
                Run<Float512, float>(a, b, c, m, n, k);
                break;
            case 256:
                Run<Float256, float>(a, b, c, m, n, k);
                break;
            case 128:
                Run<Float128, float>(a, b, c, m, n, k);
                break;
            default:
                Run<Float32, float>(a, b, c, m, n, k);
                break;
        }
    }

    private static void Doubles(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int m, int n, int k)
    {
        switch (OptGenRuntime.VectorBits)
        {
            case 512:
                Run<Double512, double>(a, b, c, m, n, k);
                break;
            case 256:
                Run<Double256, double>(a, b, c, m, n, k);
                break;
            case 128:
                Run<Double128, double>(a, b, c, m, n, k);
                break;
            default:
                Run<Double64, double>(a, b, c, m, n, k);
                break;
        }
    }

    private static void Run<V, T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int m, int n, int k)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        ref T left = ref MemoryMarshal.GetReference(a);
        ref T right = ref MemoryMarshal.GetReference(b);
        ref T result = ref MemoryMarshal.GetReference(c);
        int column = 0;
        for (; column + (2 * V.Count) <= n; column += 2 * V.Count)
        {
            int row = 0;
            for (; row + 4 <= m; row += 4)
                FourRows<V, T>(ref Unsafe.Add(ref left, (nint)row * k), ref Unsafe.Add(ref right, column), ref Unsafe.Add(ref result, ((nint)row * n) + column), n, k);
            for (; row < m; row++)
            {
                for (int part = 0; part < 2; part++)
                    OneRow<V, T>(ref Unsafe.Add(ref left, (nint)row * k), ref Unsafe.Add(ref right, column + (part * V.Count)), ref Unsafe.Add(ref result, ((nint)row * n) + column + (part * V.Count)), n, k, V.Count);
            }
        }

        for (; column < n; column += V.Count)
        {
            for (int row = 0; row < m; row++)
                OneRow<V, T>(ref Unsafe.Add(ref left, (nint)row * k), ref Unsafe.Add(ref right, column), ref Unsafe.Add(ref result, ((nint)row * n) + column), n, k, Math.Min(V.Count, n - column));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows<V, T>(ref T left, ref T right, ref T result, int n, int k)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        V s00 = V.Zero, s01 = V.Zero, s10 = V.Zero, s11 = V.Zero, s20 = V.Zero, s21 = V.Zero, s30 = V.Zero, s31 = V.Zero;
        ref T second = ref Unsafe.Add(ref left, k);
        ref T third = ref Unsafe.Add(ref left, 2 * (nint)k);
        ref T fourth = ref Unsafe.Add(ref left, 3 * (nint)k);
        for (nint l = 0; l < k; l++)
        {
            V b0 = V.Load(ref right), b1 = V.Load(ref Unsafe.Add(ref right, V.Count));
            V.AddProduct(ref s00, b0, Unsafe.Add(ref left, l));
            V.AddProduct(ref s01, b1, Unsafe.Add(ref left, l));
            V.AddProduct(ref s10, b0, Unsafe.Add(ref second, l));
            V.AddProduct(ref s11, b1, Unsafe.Add(ref second, l));
            V.AddProduct(ref s20, b0, Unsafe.Add(ref third, l));
            V.AddProduct(ref s21, b1, Unsafe.Add(ref third, l));
            V.AddProduct(ref s30, b0, Unsafe.Add(ref fourth, l));
            V.AddProduct(ref s31, b1, Unsafe.Add(ref fourth, l));
            right = ref Unsafe.Add(ref right, n);
        }

        V.Store(s00, ref result);
        V.Store(s01, ref Unsafe.Add(ref result, V.Count));
        V.Store(s10, ref Unsafe.Add(ref result, n));
        V.Store(s11, ref Unsafe.Add(ref result, n + V.Count));
        V.Store(s20, ref Unsafe.Add(ref result, 2 * (nint)n));
        V.Store(s21, ref Unsafe.Add(ref result, (2 * (nint)n) + V.Count));
        V.Store(s30, ref Unsafe.Add(ref result, 3 * (nint)n));
        V.Store(s31, ref Unsafe.Add(ref result, (3 * (nint)n) + V.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow<V, T>(ref T left, ref T right, ref T result, int n, int k, int lanes)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        V sum = V.Zero;
        for (nint l = 0; l < k; l++)
        {
            V.AddProduct(ref sum, lanes == V.Count ? V.Load(ref right) : V.LoadPartial(ref right, lanes), Unsafe.Add(ref left, l));
            right = ref Unsafe.Add(ref right, n);
        }

        V.StorePartial(sum, ref result, lanes);
    }
}
