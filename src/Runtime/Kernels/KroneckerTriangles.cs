using System.Numerics;
using System.Runtime.CompilerServices;

namespace OptGen.Kernels;

/// <summary>
/// Triangular factors Qₗ of rows and Qᵣ of columns that whiten the gradients of a matrix, learned from random probes. An axis that is too long has the diagonal of its factor alone, as has the axis of a vector, which has one.
/// </summary>
public static class KroneckerTriangles
{
    /// <summary>The share of updates of the factors before which these are made equally large.</summary>
    private const double Balanced = 0.01;

    /// <summary>The smallest normal number of single precision, which keeps a divisor from 0.</summary>
    private const double Tiny = 1.17549435e-38;

    /// <summary>
    /// Where an update of the factors is due, steps both against the gradient of what they are fitted to: with A = QₗGQᵣᵀ and B = Qₗ⁻ᵀVQᵣ⁻¹, V a matrix of random normal numbers,
    /// Qₗ = Qₗ − μ·triu(AAᵀ − BBᵀ)/‖AAᵀ + BBᵀ‖·Qₗ and Qᵣ = Qᵣ − μ·triu(AᵀA − BᵀB)/‖AᵀA + BᵀB‖·Qᵣ. Then G = QₗᵀQₗGQᵣᵀQᵣ, in place.
    /// </summary>
    /// <remarks>
    /// Li, "Preconditioned stochastic gradient descent", 2018, and "Preconditioner on matrix Lie group for SGD", 2019. The norm is a lower bound of the spectral one: that of (S/‖s‖)·(S·s/‖S·s‖), with s the longest row of S; of a diagonal the largest element.
    /// Before one update in a hundred, at random, both factors get the same largest element. A gradient of zeros teaches nothing.
    /// </remarks>
    /// <param name="matrix">G.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="left">Qₗ, or its diagonal; empty for none.</param>
    /// <param name="right">Qᵣ, or its diagonal; empty for none.</param>
    /// <param name="rate">Step size μ.</param>
    /// <param name="scale">The factors begin as multiples of I whose product is this.</param>
    /// <param name="isDue">1 where the factors are updated, else 0.</param>
    /// <param name="step">The number of this update, from 1.</param>
    /// <param name="random">The probes.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public static void Precondition<T>(
        Span<T> matrix, int rows, int columns, Span<T> left, Span<T> right, double rate, double scale, double isDue, double step, TensorRandom random)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (matrix.IsEmpty)
            return;
        if (step == 1)
        {
            double each = left.IsEmpty || right.IsEmpty ? scale : Math.Sqrt(scale);
            Begin(left, rows, each);
            Begin(right, columns, each);
        }

        int largest = Math.Max(left.Length, right.Length), longest = Math.Max(rows, columns);
        int working = TriangularProduct.Space(longest) + Math.Max(TriangularProduct.Product(rows, columns), TriangularProduct.Product(columns, rows));
        Span<T> memory = MatrixWorkspace<T>.Rent((3 * matrix.Length) + (2 * largest) + working);
        Workspace<T> work = new(memory[..matrix.Length], memory.Slice(matrix.Length, matrix.Length), memory.Slice(2 * matrix.Length, matrix.Length))
        {
            Sums = memory.Slice(3 * matrix.Length, largest),
            Differences = memory.Slice((3 * matrix.Length) + largest, largest),
            Panel = memory[((3 * matrix.Length) + (2 * largest))..],
        };
        if (isDue > 0 && matrix.ContainsAnyExcept(T.Zero))
        {
            if (!left.IsEmpty && !right.IsEmpty && random.Uniform(0) < Balanced)
                Balance(left, right);
            Learn(matrix, rows, columns, left, right, T.CreateTruncating(rate), random, work);
        }

        Times(left, matrix, work.First, rows, columns, work.Panel, isTransposed: false);
        Times(left, work.First, work.Second, rows, columns, work.Panel, isTransposed: true);
        MatrixProduct.Transpose<T>(work.Second, work.First, rows, columns);
        Times(right, work.First, work.Second, columns, rows, work.Panel, isTransposed: false);
        Times(right, work.Second, work.First, columns, rows, work.Panel, isTransposed: true);
        MatrixProduct.Transpose<T>(work.First, matrix, columns, rows);
    }

    private static void Begin<T>(Span<T> factor, int size, double scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool isDiagonal = factor.Length == size;
        factor.Fill(isDiagonal ? T.CreateTruncating(scale) : T.Zero);
        for (int i = 0; i < size && !isDiagonal && !factor.IsEmpty; i++)
            factor[i * (size + 1)] = T.CreateTruncating(scale);
    }

    private static void Balance<T>(Span<T> left, Span<T> right)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double ofLeft = Largest<T>(left), ofRight = Largest<T>(right), mean = Math.Sqrt(ofLeft * ofRight);
        Scale(left, T.CreateTruncating(mean / ofLeft));
        Scale(right, T.CreateTruncating(mean / ofRight));
    }

    private static void Learn<T>(ReadOnlySpan<T> matrix, int rows, int columns, Span<T> left, Span<T> right, T rate, TensorRandom random, Workspace<T> work)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // A and B are of the old factors, and transposed up to the update of the right one.
        Span<T> a = work.First, b = work.Second, spare = work.Third;
        Times(left, matrix, spare, rows, columns, work.Panel, isTransposed: false);
        MatrixProduct.Transpose<T>(spare, b, rows, columns);
        Times(right, b, a, columns, rows, work.Panel, isTransposed: false);

        random.Normal(spare);
        Solve(left, spare, rows, columns, work.Panel);
        MatrixProduct.Transpose<T>(spare, b, rows, columns);
        Solve(right, b, columns, rows, work.Panel);

        Update(right, a, b, columns, rows, rate, work);
        MatrixProduct.Transpose<T>(a, spare, columns, rows);
        MatrixProduct.Transpose<T>(b, a, columns, rows);
        Update(left, spare, a, rows, columns, rate, work);
    }

    /// <summary>Q = Q − μ·triu(AAᵀ − BBᵀ)/‖AAᵀ + BBᵀ‖·Q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update<T>(Span<T> factor, ReadOnlySpan<T> a, ReadOnlySpan<T> b, int size, int terms, T rate, Workspace<T> work)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (factor.IsEmpty)
            return;
        Span<T> sums = work.Sums[..factor.Length], differences = work.Differences[..factor.Length];
        bool isDiagonal = factor.Length == size;
        if (isDiagonal)
        {
            for (int i = 0; i < size; i++)
            {
                (sums[i], differences[i]) = (T.Zero, T.Zero);
                for (int k = i * terms; k < (i + 1) * terms; k++)
                    (sums[i], differences[i]) = (sums[i] + (a[k] * a[k]), differences[i] + (b[k] * b[k]));
            }
        }
        else
        {
            MatrixProduct.Gram<T>(a, sums, size, terms);
            MatrixProduct.Gram<T>(b, differences, size, terms);
        }

        for (int i = 0; i < factor.Length; i++)
            (sums[i], differences[i]) = (sums[i] + differences[i], sums[i] - differences[i]);
        T share = rate / T.CreateTruncating((isDiagonal ? Largest<T>(sums) : Norm<T>(sums, size)) + Tiny);
        if (isDiagonal)
        {
            for (int i = 0; i < size; i++)
                factor[i] -= share * differences[i] * factor[i];
            return;
        }

        for (int i = 0; i < size; i++)
        {
            differences.Slice(i * size, i).Clear();
            Scale(differences.Slice((i * size) + i, size - i), share);
        }

        TriangularProduct.Multiply<T>(differences, factor, sums, size, size, work.Panel);
        for (int i = 0; i < factor.Length; i++)
            factor[i] -= sums[i];
    }

    /// <summary>A lower bound of the spectral norm of a symmetric matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Norm<T>(ReadOnlySpan<T> matrix, int size)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Divided by its largest element, so that no square overflows.
        double largest = Largest(matrix), most = -1, length = 0, result = 0;
        if (largest == 0)
            return 0;
        int longest = 0;
        for (int i = 0; i < size; i++)
        {
            double squares = 0;
            foreach (T element in matrix.Slice(i * size, size))
                squares += double.CreateTruncating(element) / largest * (double.CreateTruncating(element) / largest);
            if (squares > most)
                (most, longest) = (squares, i);
        }

        Span<double> x = MatrixWorkspace<double>.RentLine(size);
        for (int i = 0; i < size; i++)
        {
            x[i] = 0;
            for (int k = 0; k < size; k++)
                x[i] += double.CreateTruncating(matrix[(i * size) + k]) / largest * (double.CreateTruncating(matrix[(longest * size) + k]) / largest);
            length += x[i] * x[i];
        }

        for (int i = 0; i < size; i++)
        {
            double product = 0;
            for (int k = 0; k < size; k++)
                product += double.CreateTruncating(matrix[(i * size) + k]) / largest * x[k];
            result += product * product;
        }

        return largest * Math.Sqrt(result / length);
    }

    private static double Largest<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        foreach (T number in numbers)
            largest = T.Max(largest, T.Abs(number));
        return double.CreateTruncating(largest);
    }

    /// <summary>result = Q·x, or Qᵀ·x.</summary>
    private static void Times<T>(ReadOnlySpan<T> factor, ReadOnlySpan<T> x, Span<T> result, int size, int columns, Span<T> panel, bool isTransposed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (factor.Length > size && isTransposed)
        {
            TriangularProduct.MultiplyTransposed(factor, x, result, size, columns, panel);
        }
        else if (factor.Length > size)
        {
            TriangularProduct.Multiply(factor, x, result, size, columns, panel);
        }
        else
        {
            x.CopyTo(result);
            for (int i = 0; i < factor.Length; i++)
                Scale(result.Slice(i * columns, columns), factor[i]);
        }
    }

    /// <summary>x = Q⁻ᵀ·x.</summary>
    private static void Solve<T>(ReadOnlySpan<T> factor, Span<T> x, int size, int columns, Span<T> panel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int space = TriangularProduct.Space(size);
        if (factor.Length > size)
        {
            TriangularProduct.SolveTransposed(factor, x, size, columns, panel[..space], panel[space..]);
            return;
        }

        for (int i = 0; i < factor.Length; i++)
        {
            foreach (ref T element in x.Slice(i * columns, columns))
                element /= factor[i];
        }
    }

    private static void Scale<T>(Span<T> numbers, T factor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (ref T number in numbers)
            number *= factor;
    }

    /// <summary>Memory of the size of the matrix, three times; of a factor, twice; and for the products of triangles.</summary>
    private readonly ref struct Workspace<T>(Span<T> first, Span<T> second, Span<T> third)
    {
        public Span<T> First { get; } = first;

        public Span<T> Second { get; } = second;

        public Span<T> Third { get; } = third;

        public Span<T> Sums { get; init; }

        public Span<T> Differences { get; init; }

        public Span<T> Panel { get; init; }
    }
}
