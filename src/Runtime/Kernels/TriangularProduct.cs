using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OptGen.Kernels;

/// <summary>
/// Products with an upper triangular matrix Q and with its inverse. Q lies in memory as a square matrix, 0 below the diagonal. Blocks of rows are products of matrices (<see cref="MatrixProduct"/>), so half of a full product is computed, on all
/// threads, with the same bits for any number of them and any width of vectors.
/// </summary>
internal static class TriangularProduct
{
    /// <summary>Rows of a block: products of fewer would pack more than they multiply.</summary>
    private const int Block = 64;

    /// <summary>How many numbers a product takes besides its operands.</summary>
    public static int Space(int size) => Math.Min(Block, size) * size;

    /// <summary>result = Q·x.</summary>
    public static void Multiply<T>(ReadOnlySpan<T> upper, ReadOnlySpan<T> x, Span<T> result, int size, int columns, Span<T> space)
        where T : unmanaged
    {
        for (int first = 0; first < size; first += Block)
        {
            int rows = Math.Min(Block, size - first), terms = size - first;
            for (int i = 0; i < rows; i++)
                upper.Slice(((first + i) * size) + first, terms).CopyTo(space.Slice(i * terms, terms));
            MatrixProduct.Multiply<T>(space[..(rows * terms)], x[(first * columns)..], result.Slice(first * columns, rows * columns), rows, columns, terms);
        }
    }

    /// <summary>result = Qᵀ·x.</summary>
    public static void MultiplyTransposed<T>(ReadOnlySpan<T> upper, ReadOnlySpan<T> x, Span<T> result, int size, int columns, Span<T> space)
        where T : unmanaged
    {
        for (int first = 0; first < size; first += Block)
        {
            int rows = Math.Min(Block, size - first), terms = first + rows;
            Gather(upper, space, size, first, rows, terms);
            MatrixProduct.Multiply<T>(space[..(rows * terms)], x, result.Slice(first * columns, rows * columns), rows, columns, terms);
        }
    }

    /// <summary>x = Q⁻ᵀ·x, in place; <paramref name="product"/> is memory for a block of x.</summary>
    public static void SolveTransposed<T>(ReadOnlySpan<T> upper, Span<T> x, int size, int columns, Span<T> space, Span<T> product)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int first = 0; first < size; first += Block)
        {
            int rows = Math.Min(Block, size - first);
            Span<T> block = x.Slice(first * columns, rows * columns);
            if (first > 0)
            {
                Gather(upper, space, size, first, rows, first);
                MatrixProduct.Multiply<T>(space[..(rows * first)], x, product, rows, columns, first);
                Subtract(block, product, T.One);
            }

            for (int i = 0; i < rows; i++)
            {
                Span<T> row = block.Slice(i * columns, columns);
                for (int k = 0; k < i; k++)
                    Subtract(row, block.Slice(k * columns, columns), upper[((first + k) * size) + first + i]);
                Divide(row, upper[(first + i) * (size + 1)]);
            }
        }
    }

    /// <summary>How many numbers of its product a block of a solution takes.</summary>
    public static int Product(int size, int columns) => Math.Min(Block, size) * columns;

    /// <summary>Rows of Qᵀ, the first terms of each.</summary>
    private static void Gather<T>(ReadOnlySpan<T> upper, Span<T> rowsOfTransposed, int size, int first, int rows, int terms)
    {
        for (int k = 0; k < terms; k++)
        {
            ReadOnlySpan<T> source = upper.Slice((k * size) + first, rows);
            for (int i = 0; i < rows; i++)
                rowsOfTransposed[(i * terms) + k] = source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract<T>(Span<T> from, ReadOnlySpan<T> x, T factor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ref T y = ref MemoryMarshal.GetReference(from), source = ref MemoryMarshal.GetReference(x);
        Vector256<T> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= from.Length - Vector256<T>.Count; i += Vector256<T>.Count)
            (Vector256.LoadUnsafe(ref y, (nuint)i) - (factors * Vector256.LoadUnsafe(ref source, (nuint)i))).StoreUnsafe(ref y, (nuint)i);
        for (; i < from.Length; i++)
            from[i] -= factor * x[i];
    }

    private static void Divide<T>(Span<T> x, T divisor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (ref T element in x)
            element /= divisor;
    }
}
