using System.Numerics;

namespace OptGen.Kernels;

/// <summary>Bases of rows and columns in which what the gradients of a matrix have in common is nearly diagonal. An axis that is too long has none, and stays as it is.</summary>
public static class KroneckerBasis
{
    /// <summary>
    /// Turns a gradient into the bases, G = QₗᵀGQᵣ, in place, and then learns from it: L = βL + (1 − β)GGᵀ and R = βR + (1 − β)GᵀG. In the first update it only learns, and the bases are the eigenvectors of L
    /// and R; afterwards they follow those by one step of orthogonal iteration each time that many updates have been made in them.
    /// </summary>
    /// <remarks>Vyas et al., "SOAP: improving and stabilizing Shampoo using Adam", 2024.</remarks>
    /// <param name="matrix">G.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="left">L; empty for none.</param>
    /// <param name="right">R; empty for none.</param>
    /// <param name="leftBasis">Qₗ.</param>
    /// <param name="rightBasis">Qᵣ.</param>
    /// <param name="memory">β.</param>
    /// <param name="every">Updates in one basis.</param>
    /// <param name="step">The number of this update, from 1.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public static void Enter<T>(
        Span<T> matrix, int rows, int columns, Span<T> left, Span<T> right, Span<T> leftBasis, Span<T> rightBasis, double memory, double every, double step)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (left.IsEmpty && right.IsEmpty)
            return;
        if (step > 2 && (step - 2) % every == 0)
        {
            if (!left.IsEmpty)
                Eigenbasis.Follow<T>(left, leftBasis, rows);
            if (!right.IsEmpty)
                Eigenbasis.Follow<T>(right, rightBasis, columns);
        }

        KroneckerFactors.Learn(matrix, rows, columns, left, right, memory);
        if (step == 1)
        {
            if (!left.IsEmpty)
                Eigenbasis.Of<T>(left, leftBasis, rows);
            if (!right.IsEmpty)
                Eigenbasis.Of<T>(right, rightBasis, columns);
        }

        Turn(matrix, rows, columns, leftBasis, rightBasis);
    }

    /// <summary>Turns a matrix into the bases, M = QₗᵀMQᵣ, in place.</summary>
    /// <param name="matrix">M.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="leftBasis">Qₗ; empty for none.</param>
    /// <param name="rightBasis">Qᵣ; empty for none.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public static void Turn<T>(Span<T> matrix, int rows, int columns, Span<T> leftBasis, Span<T> rightBasis)
        where T : unmanaged => Multiply(matrix, rows, columns, leftBasis, rightBasis, isBack: false);

    /// <summary>Turns a matrix back, M = QₗMQᵣᵀ, in place.</summary>
    /// <param name="matrix">M.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="leftBasis">Qₗ; empty for none.</param>
    /// <param name="rightBasis">Qᵣ; empty for none.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public static void TurnBack<T>(Span<T> matrix, int rows, int columns, Span<T> leftBasis, Span<T> rightBasis)
        where T : unmanaged => Multiply(matrix, rows, columns, leftBasis, rightBasis, isBack: true);

    private static void Multiply<T>(Span<T> matrix, int rows, int columns, ReadOnlySpan<T> left, ReadOnlySpan<T> right, bool isBack)
        where T : unmanaged
    {
        Span<T> space = MatrixWorkspace<T>.Rent(matrix.Length + Math.Max(left.Length, right.Length));
        Span<T> product = space[..matrix.Length], transposed = space[matrix.Length..];
        if (!left.IsEmpty)
        {
            if (!isBack)
                MatrixProduct.Transpose(left, transposed, rows, rows);
            MatrixProduct.Multiply(isBack ? left : transposed, matrix, product, rows, columns, rows);
            product.CopyTo(matrix);
        }

        if (!right.IsEmpty)
        {
            if (isBack)
                MatrixProduct.Transpose(right, transposed, columns, columns);
            MatrixProduct.Multiply(matrix, isBack ? transposed : right, product, rows, columns, columns);
            product.CopyTo(matrix);
        }
    }
}
