using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OptGen.Kernels;

/// <summary>Orthonormal bases in which a symmetric matrix is diagonal, or nearly so. All is computed in double precision, in an order that depends on the size alone.</summary>
public static class Eigenbasis
{
    /// <summary>Rotations of an eigenvalue before it is taken as it is; some two are usual.</summary>
    private const int MostRotations = 60;

    /// <summary>What is added to the eigenvalues when a basis follows them, as a share of the norm: it keeps the basis where A is 0 from being what rounding leaves.</summary>
    private const double Ridge = 1e-3;

    /// <summary>The share of the largest eigenvalue, for each row, below which one counts as 0: above what single precision leaves of a 0.</summary>
    private const double Nothing = 1e-6;

    /// <summary>Rows that take the same reflections one after the other.</summary>
    private const int Together = 8;

    /// <summary>
    /// Writes the eigenvectors of A, which has no negative eigenvalues, as columns, those of the largest first. Where A is 0 every basis would do; there it is that of the unit vectors that are nearest, so that
    /// rounding does not choose it. With elements that are not finite, nothing written is.
    /// </summary>
    /// <remarks>A is made tridiagonal by reflections, and diagonal by implicitly shifted QL steps; Golub and Van Loan, "Matrix computations", 8.3. It takes some 10n³ operations.</remarks>
    /// <param name="matrix">A, of size × size.</param>
    /// <param name="basis">Takes the eigenvectors.</param>
    /// <param name="size">Rows and columns.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <exception cref="ArgumentException">A span is shorter than its matrix.</exception>
    public static void Of<T>(ReadOnlySpan<T> matrix, Span<T> basis, int size)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        InputCheck.Capacity(matrix.Length, size, size, nameof(matrix));
        InputCheck.Capacity(basis.Length, size, size, nameof(basis));
        int count = size * size;
        Span<double> memory = MatrixWorkspace<double>.Rent((3 * count) + (4 * size));
        Span<double> a = memory[..count], vectors = memory.Slice(count, count), values = memory.Slice(2 * count, size);
        bool isFinite = true;
        for (int i = 0; i < count; i++)
        {
            a[i] = double.CreateTruncating(matrix[i]);
            isFinite &= double.IsFinite(a[i]);
        }

        if (!isFinite)
        {
            basis[..count].Fill(T.NaN);
            return;
        }

        Decompose(a, vectors, values, memory.Slice((2 * count) + size, 3 * size), size);
        Sort(values, vectors, size);

        // Where A is 0, in a the projection to what no vector stands for.
        int known = 0;
        while (known < size && values[known] > Nothing * size * values[0])
            known++;
        if (known < size)
            Remain(vectors[..(known * size)], memory[((2 * count) + (4 * size))..], a, known, size);
        for (int column = 0; column < size; column++)
        {
            Span<double> vector = vectors.Slice(column * size, size);
            if (column >= known)
            {
                TakeNearest(a, vector, size);
                for (int i = 0; i < size; i++)
                    Add(a.Slice(i * size, size), vector, -vector[i]);
            }

            for (int i = 0; i < size; i++)
                basis[(i * size) + column] = T.CreateTruncating(vector[i]);
        }
    }

    /// <summary>Writes I − VᵀV, the projection to what orthonormal rows leave; <paramref name="columns"/> is memory for Vᵀ.</summary>
    private static void Remain(ReadOnlySpan<double> rows, Span<double> columns, Span<double> projection, int count, int size)
    {
        MatrixProduct.Transpose<double>(rows, columns, count, size);
        MatrixProduct.Gram<double>(columns, projection, size, count);
        for (int i = 0; i < size * size; i++)
            projection[i] = (i % (size + 1) == 0 ? 1 : 0) - projection[i];
    }

    /// <summary>The eigenvalues of a symmetric matrix, in no order, and its eigenvectors as rows.</summary>
    /// <param name="a">The matrix, which is lost.</param>
    /// <param name="vectors">Takes the eigenvectors.</param>
    /// <param name="values">Takes the eigenvalues.</param>
    /// <param name="lines">Memory of three rows.</param>
    /// <param name="size">Rows and columns.</param>
    internal static void Decompose(Span<double> a, Span<double> vectors, Span<double> values, Span<double> lines, int size)
    {
        if (size == 0)
            return;
        Identity(vectors, size, size);
        Tridiagonalize(a, vectors, values, lines[..size], lines.Slice(size, size), size);
        Diagonalize(values, lines[..size], vectors, size);
    }

    /// <summary>Sorts eigenvalues, and eigenvectors that are rows, the largest first.</summary>
    internal static void Sort(Span<double> values, Span<double> vectors, int size)
    {
        for (int place = 0; place < size - 1; place++)
        {
            int largest = place;
            for (int i = place + 1; i < size; i++)
            {
                if (values[i] > values[largest])
                    largest = i;
            }

            if (largest == place)
                continue;
            (values[place], values[largest]) = (values[largest], values[place]);
            Span<double> upper = vectors.Slice(place * size, size), lower = vectors.Slice(largest * size, size);
            for (int i = 0; i < size; i++)
                (upper[i], lower[i]) = (lower[i], upper[i]);
        }
    }

    /// <summary>Rows that span what the given rows span, each what they add to those before it, and are orthonormal whatever those are: by reflections.</summary>
    /// <param name="rows">At most as many as they are long; they are lost.</param>
    /// <param name="result">Takes the orthonormal rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="size">Their length.</param>
    internal static void Orthonormalize(Span<double> rows, Span<double> result, int count, int size)
    {
        // A few rows at a time take all reflections of those before them, so that these are read once for all of them.
        int last = Math.Min(count, size - 1);
        for (int first = 0; first < count; first += Together)
        {
            int end = Math.Min(count, first + Together);
            for (int k = 0; k < Math.Min(end, last); k++)
            {
                Span<double> reflector = rows.Slice((k * size) + k, size - k);
                if (k >= first && !Reflector(reflector, out _))
                    continue;
                for (int other = Math.Max(first, k + 1); other < end; other++)
                    Reflect(reflector, rows.Slice((other * size) + k, size - k));
            }
        }

        // A reflector ends where its row did; the products of all of them, applied to the unit vectors, are the rows that are wanted.
        Identity(result, count, size);
        for (int first = 0; first < count; first += Together)
        {
            int end = Math.Min(count, first + Together);
            for (int k = Math.Min(end, last) - 1; k >= 0; k--)
            {
                for (int row = Math.Max(first, k); row < end; row++)
                    Reflect(rows.Slice((k * size) + k, size - k), result.Slice((row * size) + k, size - k));
            }
        }
    }

    /// <summary>The unit vector of which a projection leaves most, projected; of those that are alike, the first.</summary>
    private static void TakeNearest(ReadOnlySpan<double> projection, Span<double> vector, int size)
    {
        int nearest = 0;
        for (int i = 1; i < size; i++)
        {
            if (projection[i * (size + 1)] > projection[nearest * (size + 1)] + Nothing)
                nearest = i;
        }

        projection.Slice(nearest * size, size).CopyTo(vector);
        double scale = 1 / Math.Sqrt(Dot(vector, vector));
        foreach (ref double element in vector)
            element *= scale;
    }

    /// <summary>One step of orthogonal iteration: makes the basis Q that of the columns of AQ, by a QR factorization, so that it follows the eigenvectors of a matrix that changes slowly.</summary>
    /// <remarks>A is taken as A + ‖A‖/1000·I, which has the same eigenvectors. By reflections, so that Q is orthonormal whatever the rank of A; 16n³/3 operations with the product.</remarks>
    /// <param name="matrix">A, of size × size.</param>
    /// <param name="basis">Q, in place.</param>
    /// <param name="size">Rows and columns.</param>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <exception cref="ArgumentException">A span is shorter than its matrix.</exception>
    public static void Follow<T>(ReadOnlySpan<T> matrix, Span<T> basis, int size)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        InputCheck.Capacity(matrix.Length, size, size, nameof(matrix));
        InputCheck.Capacity(basis.Length, size, size, nameof(basis));
        int count = size * size;
        Span<double> memory = MatrixWorkspace<double>.Rent(3 * count);
        Span<double> a = memory[..count], q = memory.Slice(count, count), columns = memory.Slice(2 * count, count);
        for (int i = 0; i < count; i++)
        {
            a[i] = double.CreateTruncating(matrix[i]);
            columns[i] = double.CreateTruncating(basis[i]);
        }

        // The columns of AQ are the rows of QᵀA.
        MatrixProduct.Transpose<double>(columns, q, size, size);
        double ridge = Ridge * Math.Sqrt(Dot(a, a));
        if (ridge == 0)
            return;
        for (int i = 0; i < size; i++)
            a[i * (size + 1)] += ridge;
        MatrixProduct.Multiply<double>(q, a, columns, size, size, size);
        Orthonormalize(columns, q, size, size);
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
                basis[(row * size) + column] = T.CreateTruncating(q[(column * size) + row]);
        }
    }

    private static void Identity(Span<double> matrix, int rows, int size)
    {
        matrix[..(rows * size)].Clear();
        for (int i = 0; i < rows; i++)
            matrix[i * (size + 1)] = 1;
    }

    /// <summary>Turns x into √2·v/‖v‖, where I − 2vvᵀ/‖v‖² makes x a multiple of the first unit vector; all 0, and false, where that is I.</summary>
    private static bool Reflector(Span<double> x, out double length)
    {
        double rest = Dot(x[1..], x[1..]), first = x[0];
        length = first;
        if (!(rest > 0))
        {
            x.Clear();
            return false;
        }

        length = -Math.CopySign(Math.Sqrt((first * first) + rest), first);
        x[0] = first - length;
        double scale = Math.Sqrt(2 / ((x[0] * x[0]) + rest));
        foreach (ref double element in x)
            element *= scale;
        return true;
    }

    private static void Reflect(ReadOnlySpan<double> reflector, Span<double> x) => Add(x, reflector, -Dot(reflector, x));

    /// <summary>Makes A tridiagonal by reflections from both sides, and collects them in the rows of <paramref name="vectors"/>.</summary>
    private static void Tridiagonalize(Span<double> a, Span<double> vectors, Span<double> diagonal, Span<double> beside, Span<double> product, int size)
    {
        beside[size - 1] = 0;
        for (int k = 0; k < size - 1; k++)
        {
            // Below the diagonal the column is as the row; the reflector stays there for the end.
            int rest = size - k - 1;
            Span<double> reflector = a.Slice((k * size) + k + 1, rest), p = product[..rest];
            bool reflects = Reflector(reflector, out beside[k]);
            if (!reflects)
                continue;
            for (int i = 0; i < rest; i++)
                p[i] = Dot(a.Slice(((k + 1 + i) * size) + k + 1, rest), reflector);
            Add(p, reflector, -0.5 * Dot(p, reflector));
            for (int i = 0; i < rest; i++)
            {
                Span<double> row = a.Slice(((k + 1 + i) * size) + k + 1, rest);
                Add(row, p, -reflector[i]);
                Add(row, reflector, -p[i]);
            }
        }

        for (int i = 0; i < size; i++)
            diagonal[i] = a[i * (size + 1)];

        // Rows take the reflections by themselves, so a few of them take all, while these are read once.
        for (int first = 1; first < size; first += Together)
        {
            int end = Math.Min(size, first + Together);
            for (int k = end - 2; k >= 0; k--)
            {
                for (int row = Math.Max(first, k + 1); row < end; row++)
                    Reflect(a.Slice((k * size) + k + 1, size - k - 1), vectors.Slice((row * size) + k + 1, size - k - 1));
            }
        }
    }

    /// <summary>Makes a tridiagonal matrix diagonal, and turns the rows of <paramref name="vectors"/> along.</summary>
    private static unsafe void Diagonalize(Span<double> diagonal, Span<double> beside, Span<double> vectors, int size)
    {
        // Rotations of vectors wait, and the vectors lie still.
        fixed (double* rows = vectors)
            Diagonalize(diagonal, beside, Rotations.Of((nint)rows, size), size);
    }

    private static void Diagonalize(Span<double> diagonal, Span<double> beside, Rotations rotations, int size)
    {
        for (int low = 0; low < size; low++)
        {
            for (int turn = 0; turn < MostRotations; turn++)
            {
                int high = low;
                while (high < size - 1 && Math.Abs(beside[high]) > double.Epsilon + (1.2e-16 * (Math.Abs(diagonal[high]) + Math.Abs(diagonal[high + 1]))))
                    high++;
                if (high == low)
                    break;

                // The shift is the eigenvalue of the first two by two that is nearer its corner.
                double half = (diagonal[low + 1] - diagonal[low]) / (2 * beside[low]);
                double chase = diagonal[high] - diagonal[low] + (beside[low] / (half + Math.CopySign(Length(half, 1), half)));
                double sin = 1, cos = 1, moved = 0;
                bool isSplit = false;
                for (int i = high - 1; i >= low; i--)
                {
                    double off = sin * beside[i], kept = cos * beside[i], length = Length(off, chase);
                    beside[i + 1] = length;
                    if (length == 0)
                    {
                        diagonal[i + 1] -= moved;
                        beside[high] = 0;
                        isSplit = true;
                        break;
                    }

                    sin = off / length;
                    cos = chase / length;
                    double center = diagonal[i + 1] - moved, change = ((diagonal[i] - center) * sin) + (2 * cos * kept);
                    moved = sin * change;
                    diagonal[i + 1] = center + moved;
                    chase = (cos * change) - kept;
                    rotations.Add(i, cos, sin);
                }

                if (isSplit)
                    continue;
                diagonal[low] -= moved;
                beside[low] = chase;
                beside[high] = 0;
            }
        }

        rotations.Apply();
    }

    private static double Length(double a, double b) => double.Hypot(a, b);

    /// <summary>Four sums side by side, whatever the machine has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref double x = ref MemoryMarshal.GetReference(a), y = ref MemoryMarshal.GetReference(b);
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= a.Length - 4; i += 4)
            sums += Vector256.LoadUnsafe(ref x, (nuint)i) * Vector256.LoadUnsafe(ref y, (nuint)i);
        double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(Span<double> to, ReadOnlySpan<double> from, double factor)
    {
        ref double x = ref MemoryMarshal.GetReference(to), y = ref MemoryMarshal.GetReference(from);
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= to.Length - 4; i += 4)
            (Vector256.LoadUnsafe(ref x, (nuint)i) + (factors * Vector256.LoadUnsafe(ref y, (nuint)i))).StoreUnsafe(ref x, (nuint)i);
        for (; i < to.Length; i++)
            to[i] += factor * from[i];
    }
}
