using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>Inverse roots of symmetric matrices without negative eigenvalues.</summary>
public static class MatrixRoot
{
    private const int MostIterations = 100;

    /// <summary>
    /// Writes s·(A + r‖A‖·I) to the power −1/p, with the Frobenius norm, by coupled Newton iterations M ← TᵖM, X ← XT with T = ((p + 1)I − M)/p, in double precision. With A = 0 it is I, and where A is
    /// not finite, nothing is.
    /// </summary>
    /// <remarks>Iannazzo, "On the Newton method for the matrix pth root", 2006. An iteration takes 8n³ operations for p = 4 and 6n³ for p = 2, and there are some 15 to 40, with the logarithm of 1/r.</remarks>
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

        // No eigenvalue is more than 1 then, so that all of them grow towards it.
        Span<double> memory = MatrixWorkspace<double>.Rent(5 * count);
        Span<double> m = memory[..count], x = memory.Slice(count, count), t = memory.Slice(2 * count, count);
        Span<double> raised = memory.Slice(3 * count, count), next = memory.Slice(4 * count, count);
        for (int i = 0; i < count; i++)
            m[i] = double.CreateTruncating(matrix[i]) / norm / (1 + ridge);
        x.Clear();
        for (int i = 0; i < size; i++)
        {
            m[(i * size) + i] += ridge / (1 + ridge);
            x[(i * size) + i] = Math.Pow(norm * scale * (1 + ridge), -1.0 / power);
        }

        double last = double.PositiveInfinity;
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            double distance = 0;
            for (int i = 0; i < count; i++)
            {
                double identity = i % (size + 1) == 0 ? 1 : 0;
                distance = Math.Max(distance, Math.Abs(m[i] - identity));
                t[i] = (((power + 1) * identity) - m[i]) / power;
            }

            // Near 1 it halves its digits each time, until it stands still at what rounding leaves.
            if (double.IsNaN(distance) || distance < 1e-14 || (distance < 0.1 && distance >= last))
                break;
            last = distance;
            MatrixProduct.Multiply<double>(x, t, next, size, size, size);
            Swap(ref x, ref next);
            MatrixProduct.Gram<double>(t, raised, size, size);
            if (power == 4)
            {
                MatrixProduct.Gram<double>(raised, t, size, size);
                Swap(ref raised, ref t);
            }

            MatrixProduct.Multiply<double>(raised, m, next, size, size, size);
            Swap(ref m, ref next);
        }

        for (int i = 0; i < count; i++)
            root[i] = T.CreateTruncating(x[i]);
    }

    private static void Swap(ref Span<double> a, ref Span<double> b)
    {
        Span<double> first = a;
        a = b;
        b = first;
    }
}
