using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OptGen.Kernels;

/// <summary>
/// Adam in a few directions of the shorter axis of a matrix. What it keeps is smaller than the matrix, so no loop over elements of parameters can run through it, and Adam's formula stands here once more: for the few numbers of a projection, and for
/// tensors that are not projected, whose moments lie in the same states.
/// </summary>
public static class LowRank
{
    /// <summary>Directions that are searched besides those that are kept, and products with GGᵀ in the search: what is found then misses little of the best.</summary>
    private const int Spare = 8, Products = 5;

    /// <summary>
    /// R = PG, the gradient in r directions of its shorter axis (R = PGᵀ with fewer columns than rows); m = β₁m + (1 − β₁)R; v = β₂v + (1 − β₂)R²; then G = Pᵀ(m̂/(√v̂ + ε)), in place, with m̂ and v̂ divided by 1 − βᵗ. Every few updates P becomes the leading
    /// singular vectors of G on that axis, the moments staying as they are. Without directions, G itself is R.
    /// </summary>
    /// <remarks>
    /// Zhao et al., "GaLore: memory-efficient LLM training by gradient low-rank projection", 2024. The singular vectors are those of GGᵀ in a space that holds nearly all that is large in it: r + 8 random vectors, multiplied five times by GGᵀ and made
    /// orthonormal each time; Halko, Martinsson and Tropp, "Finding structure with randomness", 2011. With no more than r + 8 rows they are exact.
    /// </remarks>
    /// <param name="matrix">G.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="directions">P, of r × the shorter axis; empty for none.</param>
    /// <param name="mean">m, of r × the longer axis.</param>
    /// <param name="square">v.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="every">Updates in the same directions.</param>
    /// <param name="step">The number of this update t, from 1.</param>
    /// <param name="random">The vectors that a search begins with.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public static void Adam<T>(
        Span<T> matrix, int rows, int columns, Span<T> directions, Span<T> mean, Span<T> square, double beta1, double beta2, double epsilon, double every, double step, TensorRandom random)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double rate = 1 / (1 - Math.Pow(beta1, step)), root = Math.Sqrt(1 - Math.Pow(beta2, step));
        if (directions.IsEmpty)
        {
            Adam(matrix, mean, square, beta1, beta2, rate * root, epsilon * root);
            return;
        }

        int shorter = Math.Min(rows, columns), longer = Math.Max(rows, columns), rank = directions.Length / shorter;
        bool isTall = rows > columns;
        if ((step - 1) % every == 0)
            Find(matrix, rows, columns, directions, rank, random);
        Span<T> memory = MatrixWorkspace<T>.Rent((isTall ? matrix.Length : 0) + mean.Length + directions.Length);
        Span<T> wide = isTall ? memory[..matrix.Length] : matrix, projected = memory.Slice(isTall ? matrix.Length : 0, mean.Length), transposed = memory[^directions.Length..];
        if (isTall)
            MatrixProduct.Transpose<T>(matrix, wide, rows, columns);
        MatrixProduct.Multiply<T>(directions, wide, projected, rank, longer, shorter);
        Adam(projected, mean, square, beta1, beta2, rate * root, epsilon * root);
        MatrixProduct.Transpose<T>(directions, transposed, rank, shorter);
        MatrixProduct.Multiply<T>(transposed, projected, wide, shorter, longer, rank);
        if (isTall)
            MatrixProduct.Transpose<T>(wide, matrix, columns, rows);
    }

    /// <summary>Both corrections are multiplied out of the fraction: √(v/c²) + ε = (√v + cε)/c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Adam<T>(Span<T> gradient, Span<T> mean, Span<T> square, double beta1, double beta2, double rate, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T kept = T.CreateTruncating(beta1), fresh = T.CreateTruncating(1 - beta1), keptSquare = T.CreateTruncating(beta2), freshSquare = T.CreateTruncating(1 - beta2), factor = T.CreateTruncating(rate), floor = T.CreateTruncating(epsilon);
        ref T g = ref MemoryMarshal.GetReference(gradient), m = ref MemoryMarshal.GetReference(mean), v = ref MemoryMarshal.GetReference(square);
        int i = 0;
        for (; i <= gradient.Length - Vector256<T>.Count; i += Vector256<T>.Count)
        {
            Vector256<T> one = Vector256.LoadUnsafe(ref g, (nuint)i);
            Vector256<T> first = (kept * Vector256.LoadUnsafe(ref m, (nuint)i)) + (fresh * one), second = (keptSquare * Vector256.LoadUnsafe(ref v, (nuint)i)) + (freshSquare * (one * one));
            first.StoreUnsafe(ref m, (nuint)i);
            second.StoreUnsafe(ref v, (nuint)i);
            (factor * first / (Vector256.Sqrt(second) + Vector256.Create(floor))).StoreUnsafe(ref g, (nuint)i);
        }

        for (; i < gradient.Length; i++)
        {
            mean[i] = (kept * mean[i]) + (fresh * gradient[i]);
            square[i] = (keptSquare * square[i]) + (freshSquare * (gradient[i] * gradient[i]));
            gradient[i] = factor * mean[i] / (T.Sqrt(square[i]) + floor);
        }
    }

    /// <summary>The leading singular vectors of a matrix on its shorter axis, as rows, those of the largest singular values first.</summary>
    private static void Find<T>(ReadOnlySpan<T> matrix, int rows, int columns, Span<T> directions, int rank, TensorRandom random)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int shorter = Math.Min(rows, columns), count = Math.Min(rank + Spare, shorter), square = shorter * shorter, band = count * shorter, small = count * count;
        Span<double> memory = MatrixWorkspace<double>.Rent(Math.Max(matrix.Length, (2 * band) + (2 * small) + (4 * count)) + square);
        Span<double> gram = memory[..square], work = memory[square..], exact = work[..matrix.Length];
        for (int i = 0; i < exact.Length; i++)
            exact[rows > columns ? (i % columns * rows) + (i / columns) : i] = double.CreateTruncating(matrix[i]);
        MatrixProduct.Gram<double>(exact, gram, shorter, Math.Max(rows, columns));

        // The matrix is not needed any more.
        Span<double> found = work[..band], product = work.Slice(band, band), inside = work.Slice(2 * band, small), vectors = work.Slice((2 * band) + small, small), lines = work[((2 * band) + (2 * small))..];
        random.Normal(found);
        for (int k = 0; k < Products; k++)
        {
            MatrixProduct.Multiply<double>(found, gram, product, count, shorter, shorter);
            Eigenbasis.Orthonormalize(product, found, count, shorter);
        }

        // What GGᵀ is in that space, and there its eigenvectors.
        MatrixProduct.Multiply<double>(found, gram, product, count, shorter, shorter);
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k <= i; k++)
                inside[(i * count) + k] = inside[(k * count) + i] = Eigenbasis.Dot(product.Slice(i * shorter, shorter), found.Slice(k * shorter, shorter));
        }

        Span<double> values = lines[..count];
        Eigenbasis.Decompose(inside, vectors, values, lines.Slice(count, 3 * count), count);
        Eigenbasis.Sort(values, vectors, count);
        MatrixProduct.Multiply<double>(vectors[..(rank * count)], found, product, rank, shorter, count);
        for (int i = 0; i < directions.Length; i++)
            directions[i] = T.CreateTruncating(product[i]);
    }
}
