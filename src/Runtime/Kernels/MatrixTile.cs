using System.Runtime.CompilerServices;
using OptGen.Simd;

namespace OptGen.Kernels;

/// <summary>The innermost loops of a matrix product: rows of the left operand times a packed panel of two vectors' width.</summary>
internal static class MatrixTile
{
    /// <summary>Eight rows: sixteen sums in registers.</summary>
    /// <param name="left">The first term of the first row.</param>
    /// <param name="leftWidth">From one row to the next.</param>
    /// <param name="panel">The packed panel.</param>
    /// <param name="result">Where the sums go.</param>
    /// <param name="resultWidth">From one row of the result to the next.</param>
    /// <param name="depth">How many terms.</param>
    /// <param name="adds">Whether the sums go on from what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EightRows<V, T>(ref T left, nint leftWidth, ref T panel, ref T result, nint resultWidth, int depth, bool adds)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        V s00 = V.Zero, s01 = V.Zero, s10 = V.Zero, s11 = V.Zero, s20 = V.Zero, s21 = V.Zero, s30 = V.Zero, s31 = V.Zero;
        V s40 = V.Zero, s41 = V.Zero, s50 = V.Zero, s51 = V.Zero, s60 = V.Zero, s61 = V.Zero, s70 = V.Zero, s71 = V.Zero;
        if (adds)
        {
            (s00, s01) = (V.Load(ref result), V.Load(ref Unsafe.Add(ref result, V.Count)));
            (s10, s11) = (V.Load(ref Unsafe.Add(ref result, resultWidth)), V.Load(ref Unsafe.Add(ref result, resultWidth + V.Count)));
            (s20, s21) = (V.Load(ref Unsafe.Add(ref result, 2 * resultWidth)), V.Load(ref Unsafe.Add(ref result, (2 * resultWidth) + V.Count)));
            (s30, s31) = (V.Load(ref Unsafe.Add(ref result, 3 * resultWidth)), V.Load(ref Unsafe.Add(ref result, (3 * resultWidth) + V.Count)));
            (s40, s41) = (V.Load(ref Unsafe.Add(ref result, 4 * resultWidth)), V.Load(ref Unsafe.Add(ref result, (4 * resultWidth) + V.Count)));
            (s50, s51) = (V.Load(ref Unsafe.Add(ref result, 5 * resultWidth)), V.Load(ref Unsafe.Add(ref result, (5 * resultWidth) + V.Count)));
            (s60, s61) = (V.Load(ref Unsafe.Add(ref result, 6 * resultWidth)), V.Load(ref Unsafe.Add(ref result, (6 * resultWidth) + V.Count)));
            (s70, s71) = (V.Load(ref Unsafe.Add(ref result, 7 * resultWidth)), V.Load(ref Unsafe.Add(ref result, (7 * resultWidth) + V.Count)));
        }

        ref T row0 = ref left;
        ref T row1 = ref Unsafe.Add(ref left, leftWidth);
        ref T row2 = ref Unsafe.Add(ref left, 2 * leftWidth);
        ref T row3 = ref Unsafe.Add(ref left, 3 * leftWidth);
        ref T row4 = ref Unsafe.Add(ref left, 4 * leftWidth);
        ref T row5 = ref Unsafe.Add(ref left, 5 * leftWidth);
        ref T row6 = ref Unsafe.Add(ref left, 6 * leftWidth);
        ref T row7 = ref Unsafe.Add(ref left, 7 * leftWidth);
        for (nint l = 0; l < depth; l++)
        {
            V b0 = V.Load(ref panel), b1 = V.Load(ref Unsafe.Add(ref panel, V.Count));
            V.AddProduct(ref s00, b0, Unsafe.Add(ref row0, l));
            V.AddProduct(ref s01, b1, Unsafe.Add(ref row0, l));
            V.AddProduct(ref s10, b0, Unsafe.Add(ref row1, l));
            V.AddProduct(ref s11, b1, Unsafe.Add(ref row1, l));
            V.AddProduct(ref s20, b0, Unsafe.Add(ref row2, l));
            V.AddProduct(ref s21, b1, Unsafe.Add(ref row2, l));
            V.AddProduct(ref s30, b0, Unsafe.Add(ref row3, l));
            V.AddProduct(ref s31, b1, Unsafe.Add(ref row3, l));
            V.AddProduct(ref s40, b0, Unsafe.Add(ref row4, l));
            V.AddProduct(ref s41, b1, Unsafe.Add(ref row4, l));
            V.AddProduct(ref s50, b0, Unsafe.Add(ref row5, l));
            V.AddProduct(ref s51, b1, Unsafe.Add(ref row5, l));
            V.AddProduct(ref s60, b0, Unsafe.Add(ref row6, l));
            V.AddProduct(ref s61, b1, Unsafe.Add(ref row6, l));
            V.AddProduct(ref s70, b0, Unsafe.Add(ref row7, l));
            V.AddProduct(ref s71, b1, Unsafe.Add(ref row7, l));
            panel = ref Unsafe.Add(ref panel, 2 * V.Count);
        }

        StoreRow(s00, s01, ref result);
        StoreRow(s10, s11, ref Unsafe.Add(ref result, resultWidth));
        StoreRow(s20, s21, ref Unsafe.Add(ref result, 2 * resultWidth));
        StoreRow(s30, s31, ref Unsafe.Add(ref result, 3 * resultWidth));
        StoreRow(s40, s41, ref Unsafe.Add(ref result, 4 * resultWidth));
        StoreRow(s50, s51, ref Unsafe.Add(ref result, 5 * resultWidth));
        StoreRow(s60, s61, ref Unsafe.Add(ref result, 6 * resultWidth));
        StoreRow(s70, s71, ref Unsafe.Add(ref result, 7 * resultWidth));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void StoreRow(V first, V second, ref T place)
        {
            V.Store(first, ref place);
            V.Store(second, ref Unsafe.Add(ref place, V.Count));
        }
    }

    /// <summary>Fewer rows, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EachRow<V, T>(ref T left, nint leftWidth, ref T panel, ref T result, nint resultWidth, int depth, int rows, bool adds)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        for (nint row = 0; row < rows; row++)
        {
            ref T place = ref Unsafe.Add(ref result, row * resultWidth);
            ref T factors = ref Unsafe.Add(ref left, row * leftWidth);
            ref T terms = ref panel;
            V s0 = adds ? V.Load(ref place) : V.Zero, s1 = adds ? V.Load(ref Unsafe.Add(ref place, V.Count)) : V.Zero;
            for (nint l = 0; l < depth; l++)
            {
                V.AddProduct(ref s0, V.Load(ref terms), Unsafe.Add(ref factors, l));
                V.AddProduct(ref s1, V.Load(ref Unsafe.Add(ref terms, V.Count)), Unsafe.Add(ref factors, l));
                terms = ref Unsafe.Add(ref terms, 2 * V.Count);
            }

            V.Store(s0, ref place);
            V.Store(s1, ref Unsafe.Add(ref place, V.Count));
        }
    }
}
