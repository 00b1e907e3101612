using System.Numerics;
using System.Runtime.InteropServices;

namespace OptGen.Kernels;

/// <summary>The nearest matrix whose rows or columns are orthonormal.</summary>
public static class Orthogonalization
{
    /// <summary>
    /// Brings all singular values of a matrix near 1, in place, by five Newton–Schulz iterations X = aX + (bXXᵀ + c(XXᵀ)²)X with (a, b, c) = (3.4445, −4.7750, 2.0315).
    /// A matrix of one row or column is left as it is.
    /// </summary>
    /// <remarks>Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.</remarks>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public static void NewtonSchulz<T>(Span<T> matrix, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (rows < 2 || columns < 2)
            return;
        int r = Math.Min(rows, columns), c = Math.Max(rows, columns);
        Span<T> memory = MemoryMarshal.CreateSpan(ref Scratch.Rent<T>((3 * r * c) + (3 * r * r)), (3 * r * c) + (3 * r * r));
        Span<T> x = memory[..(r * c)], transposed = memory.Slice(r * c, r * c), product = memory.Slice(2 * r * c, r * c);
        Span<T> gram = memory.Slice(3 * r * c, r * r), square = memory.Slice((3 * r * c) + (r * r), r * r), polynomial = memory.Slice((3 * r * c) + (2 * r * r), r * r);
        T norm = T.Zero;
        foreach (T element in matrix)
            norm += element * element;
        T scale = T.One / (T.Sqrt(norm) + T.CreateChecked(1e-7));
        for (int i = 0; i < r * c; i++)
            x[i] = scale * (rows <= columns ? matrix[i] : matrix[(i % c * columns) + (i / c)]);

        T first = T.CreateChecked(3.4445), second = T.CreateChecked(-4.7750), third = T.CreateChecked(2.0315);
        for (int iteration = 0; iteration < 5; iteration++)
        {
            for (int i = 0; i < r; i++)
            {
                for (int j = 0; j < c; j++)
                    transposed[(j * r) + i] = x[(i * c) + j];
            }

            MatrixProduct.Multiply<T>(x, transposed, gram, r, r, c);
            MatrixProduct.Multiply<T>(gram, gram, square, r, r, r);
            for (int i = 0; i < r * r; i++)
                polynomial[i] = (second * gram[i]) + (third * square[i]);
            MatrixProduct.Multiply<T>(polynomial, x, product, r, c, r);
            for (int i = 0; i < r * c; i++)
                x[i] = (first * x[i]) + product[i];
        }

        for (int i = 0; i < r * c; i++)
        {
            if (rows <= columns)
                matrix[i] = x[i];
            else
                matrix[(i % c * columns) + (i / c)] = x[i];
        }
    }
}
