using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>The nearest matrix whose rows or columns are orthonormal.</summary>
public static class Orthogonalization
{
    private const int Iterations = 5;

    /// <summary>
    /// Brings all singular values of a matrix near 1, in place, by five Newton–Schulz iterations X ← (aI + bXXᵀ + c(XXᵀ)²)X with (a, b, c) = (3.4445, −4.7750, 2.0315), from
    /// X / (‖X‖ + 1e-7) on. A matrix of one row or column is left as it is.
    /// </summary>
    /// <remarks>Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024. With r the smaller and c the larger size, an iteration takes 3r²c + r³ operations.</remarks>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NewtonSchulz<T>(Span<T> matrix, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (rows < 2 || columns < 2)
            return;
        int r = Math.Min(rows, columns), c = Math.Max(rows, columns);
        Span<T> memory = MatrixWorkspace<T>.Rent((2 * r * c) + (2 * r * r));
        Span<T> x = memory[..(r * c)], next = memory.Slice(r * c, r * c);
        Span<T> gram = memory.Slice(2 * r * c, r * r), polynomial = memory.Slice((2 * r * c) + (r * r), r * r);
        if (rows <= columns)
            matrix[..(r * c)].CopyTo(x);
        else
            MatrixProduct.Transpose<T>(matrix, x, rows, columns);

        T a = T.CreateChecked(3.4445), b = T.CreateChecked(-4.7750), squared = T.CreateChecked(2.0315);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            MatrixProduct.Gram<T>(x, gram, r, c);
            T scale = T.One;
            if (iteration == 0)
            {
                // The squares of all elements are on the diagonal.
                T squares = T.Zero;
                for (int i = 0; i < r; i++)
                    squares += gram[(i * r) + i];
                scale = T.One / (T.Sqrt(squares) + T.CreateChecked(1e-7));
                foreach (ref T element in gram)
                    element *= scale * scale;
            }

            MatrixProduct.Gram<T>(gram, polynomial, r, r);
            for (int i = 0; i < polynomial.Length; i++)
                polynomial[i] = scale * ((b * gram[i]) + (squared * polynomial[i]));
            for (int i = 0; i < r; i++)
                polynomial[(i * r) + i] += scale * a;
            MatrixProduct.Multiply<T>(polynomial, x, next, r, c, r);
            Span<T> previous = x;
            x = next;
            next = previous;
        }

        if (rows <= columns)
            x.CopyTo(matrix);
        else
            MatrixProduct.Transpose<T>(x, matrix, columns, rows);
    }
}
