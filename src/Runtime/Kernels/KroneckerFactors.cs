using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>What the gradients of a matrix have in common along its rows and along its columns: a matrix of rows × rows and one of columns × columns. An axis that is too long has none.</summary>
public static class KroneckerFactors
{
    /// <summary>
    /// L = βL + (1 − β)GGᵀ and R = βR + (1 − β)GᵀG, with β = 1 the sums; every few updates their inverse roots anew; then G = L^(−1/2k) G R^(−1/2k), in place, with k the number of factors.
    /// </summary>
    /// <remarks>Gupta, Koren and Singer, "Shampoo: preconditioned stochastic tensor optimization", 2018. Averages are divided by 1 − βᵗ, as in Adam.</remarks>
    /// <param name="matrix">G.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="left">L; empty for none.</param>
    /// <param name="right">R; empty for none.</param>
    /// <param name="leftRoot">The root of L.</param>
    /// <param name="rightRoot">The root of R.</param>
    /// <param name="memory">β.</param>
    /// <param name="ridge">What is added to the eigenvalues, as a share of the norm of the factor.</param>
    /// <param name="every">Updates from one computation of the roots to the next.</param>
    /// <param name="step">The number of this update t, from 1.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public static void Precondition<T>(
        Span<T> matrix, int rows, int columns, Span<T> left, Span<T> right, Span<T> leftRoot, Span<T> rightRoot, double memory, double ridge, double every, double step)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (left.IsEmpty && right.IsEmpty)
            return;
        Learn(matrix, rows, columns, left, right, memory);
        if ((step - 1) % every == 0)
        {
            double scale = memory < 1 ? 1 / (1 - Math.Pow(memory, step)) : 1;
            int power = left.IsEmpty || right.IsEmpty ? 2 : 4;
            if (!left.IsEmpty)
                MatrixRoot.Inverse<T>(left, leftRoot, rows, power, scale, ridge);
            if (!right.IsEmpty)
                MatrixRoot.Inverse<T>(right, rightRoot, columns, power, scale, ridge);
        }

        Span<T> product = MatrixWorkspace<T>.Rent(matrix.Length);
        if (!left.IsEmpty)
        {
            MatrixProduct.Multiply<T>(leftRoot, matrix, product, rows, columns, rows);
            product.CopyTo(matrix);
        }

        if (!right.IsEmpty)
        {
            MatrixProduct.Multiply<T>(matrix, rightRoot, product, rows, columns, columns);
            product.CopyTo(matrix);
        }
    }

    /// <summary>L = βL + (1 − β)GGᵀ and R = βR + (1 − β)GᵀG; with β = 1 the sums.</summary>
    internal static void Learn<T>(ReadOnlySpan<T> matrix, int rows, int columns, Span<T> left, Span<T> right, double memory)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double fresh = memory < 1 ? 1 - memory : 1;
        Span<T> space = MatrixWorkspace<T>.Rent(matrix.Length + Math.Max(left.Length, right.Length));
        Span<T> transposed = space[..matrix.Length], products = space[matrix.Length..];
        if (!left.IsEmpty)
        {
            MatrixProduct.Gram<T>(matrix, products, rows, columns);
            Average<T>(left, products, memory, fresh);
        }

        if (!right.IsEmpty)
        {
            MatrixProduct.Transpose<T>(matrix, transposed, rows, columns);
            MatrixProduct.Gram<T>(transposed, products, columns, rows);
            Average<T>(right, products, memory, fresh);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Average<T>(Span<T> state, ReadOnlySpan<T> products, double memory, double fresh)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T kept = T.CreateTruncating(memory), added = T.CreateTruncating(fresh);
        for (int i = 0; i < state.Length; i++)
            state[i] = (kept * state[i]) + (added * products[i]);
    }
}
