using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>Inverse roots of symmetric matrices without negative eigenvalues.</summary>
public static class MatrixRoot
{
    /// <summary>
    /// Writes s·(A + r‖A‖·I) to the power −1/p, with the Frobenius norm, from the eigenvalues and eigenvectors of A, in double precision. With A = 0 it is I, and where A is not finite, nothing is.
    /// </summary>
    /// <remarks>What rounding made of an eigenvalue that is 0 counts as 0. It takes some 12n³ operations, whatever r.</remarks>
    /// <param name="matrix">A, of size × size.</param>
    /// <param name="root">Takes the result; it may be the memory of A.</param>
    /// <param name="size">Rows and columns.</param>
    /// <param name="power">p, 2 or 4.</param>
    /// <param name="scale">s, more than 0.</param>
    /// <param name="ridge">r, more than 0; what rounding has done to the eigenvalues of A should be small against r‖A‖.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <exception cref="ArgumentException">A span is shorter than its matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The power is another.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse<T>(ReadOnlySpan<T> matrix, Span<T> root, int size, int power, double scale, double ridge)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (power is not (2 or 4))
            throw new ArgumentOutOfRangeException(nameof(power), power, "Roots are square roots or fourth roots.");
        InputCheck.Capacity(matrix.Length, size, size, nameof(matrix));
        InputCheck.Capacity(root.Length, size, size, nameof(root));
        int count = size * size;
        double squares = 0;
        for (int i = 0; i < count; i++)
            squares += double.CreateTruncating(matrix[i]) * double.CreateTruncating(matrix[i]);
        double norm = Math.Sqrt(squares);
        if (norm == 0 || !double.IsFinite(norm))
        {
            root[..count].Fill(norm == 0 ? T.Zero : T.NaN);
            for (int i = 0; i < size && norm == 0; i++)
                root[(i * size) + i] = T.One;
            return;
        }

        Span<double> memory = MatrixWorkspace<double>.Rent((2 * count) + (4 * size));
        Span<double> a = memory[..count], vectors = memory.Slice(count, count), values = memory.Slice(2 * count, size);
        for (int i = 0; i < count; i++)
            a[i] = double.CreateTruncating(matrix[i]) / norm;
        Eigenbasis.Decompose(a, vectors, values, memory[((2 * count) + size)..], size);

        // Eigenvectors times the half of it, as columns: the products of their rows are the root, and symmetric to the last bit.
        for (int k = 0; k < size; k++)
        {
            double half = Math.Pow(scale * norm * (Math.Max(values[k], 0) + ridge), -0.5 / power);
            foreach (ref double element in vectors.Slice(k * size, size))
                element *= half;
        }

        MatrixProduct.Transpose<double>(vectors, a, size, size);
        MatrixProduct.Gram<double>(a, vectors, size, size);
        for (int i = 0; i < count; i++)
            root[i] = T.CreateTruncating(vectors[i]);
    }
}
