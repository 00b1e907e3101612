using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OptGen.Simd;

namespace OptGen.Kernels;

/// <summary>
/// Matrix products whose sizes are known only at run time, for what optimizers do to whole matrices; products of a model are compiled for their sizes instead. Every
/// sum is taken in the same order whatever the width of vectors and the number of threads, so results have the same bits.
/// </summary>
public static class MatrixProduct
{
    /// <summary>Side of the squares in which matrices are transposed.</summary>
    private const int Side = 16;

    /// <summary>c[m, n] = Σ over k of a[m, k]·b[k, n], all in row-major order.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <exception cref="ArgumentException">A span is shorter than its matrix.</exception>
    /// <exception cref="NotSupportedException">The type is another.</exception>
    public static void Multiply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int m, int n, int k)
        where T : unmanaged
    {
        InputCheck.Capacity(a.Length, k, m, nameof(a));
        InputCheck.Capacity(b.Length, n, k, nameof(b));
        InputCheck.Capacity(c.Length, n, m, nameof(c));
        Run(a, b, c, new MatrixProductShape(m, n, k, RightIsTransposed: false, IsSymmetric: false));
    }

    /// <summary>c[m, m] = Σ over k of a[m, k]·a[m, k]: the products of all pairs of rows. Half of them are computed, the others are the same.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <exception cref="ArgumentException">A span is shorter than its matrix.</exception>
    /// <exception cref="NotSupportedException">The type is another.</exception>
    public static void Gram<T>(ReadOnlySpan<T> a, Span<T> c, int m, int k)
        where T : unmanaged
    {
        InputCheck.Capacity(a.Length, k, m, nameof(a));
        InputCheck.Capacity(c.Length, m, m, nameof(c));
        Run(a, a, c, new MatrixProductShape(m, m, k, RightIsTransposed: true, IsSymmetric: true));
        Mirror(c, m);
    }

    /// <summary>Writes the transpose of a row-major matrix.</summary>
    /// <exception cref="ArgumentException">A span is shorter than the matrix.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(ReadOnlySpan<T> source, Span<T> destination, int rows, int columns)
        where T : unmanaged
    {
        InputCheck.Capacity(source.Length, columns, rows, nameof(source));
        InputCheck.Capacity(destination.Length, rows, columns, nameof(destination));

        // In squares, so that both sides use whole cache lines.
        ref T from = ref MemoryMarshal.GetReference(source);
        ref T to = ref MemoryMarshal.GetReference(destination);
        for (int row = 0; row < rows; row += Side)
        {
            int lastRow = Math.Min(rows, row + Side);
            for (int column = 0; column < columns; column += Side)
            {
                int width = Math.Min(Side, columns - column);
                for (nint i = row; i < lastRow; i++)
                    Scatter(ref Unsafe.Add(ref from, (i * columns) + column), ref Unsafe.Add(ref to, ((nint)column * rows) + i), rows, width);
            }
        }
    }

    /// <summary>Copies what is below the diagonal to above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mirror<T>(Span<T> matrix, int size)
    {
        ref T first = ref MemoryMarshal.GetReference(matrix);
        for (int row = 0; row < size; row += Side)
        {
            int lastRow = Math.Min(size, row + Side);
            for (int column = 0; column <= row; column += Side)
            {
                for (nint i = row; i < lastRow; i++)
                    Scatter(ref Unsafe.Add(ref first, (i * size) + column), ref Unsafe.Add(ref first, ((nint)column * size) + i), size, Math.Min(Side, (int)i - column));
            }
        }
    }

    /// <summary>Copies neighbours to places that are a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scatter<T>(ref T source, ref T destination, nint stride, int count)
    {
        for (nint j = 0; j < count; j++)
        {
            destination = Unsafe.Add(ref source, j);
            destination = ref Unsafe.Add(ref destination, stride);
        }
    }

    private static unsafe void Run<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, in MatrixProductShape shape)
        where T : unmanaged
    {
        fixed (T* left = a, right = b, result = c)
        {
            if (typeof(T) == typeof(float))
                MatrixProductRun<float>.Start((nint)left, (nint)right, (nint)result, shape);
            else if (typeof(T) == typeof(double))
                MatrixProductRun<double>.Start((nint)left, (nint)right, (nint)result, shape);
            else
                throw new NotSupportedException($"Matrices of {typeof(T).Name} have no product; use float or double.");
        }
    }
}

/// <summary>What a product multiplies: m rows of k by n columns of k.</summary>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">Terms of each sum.</param>
/// <param name="RightIsTransposed">Whether the right operand lies in memory as [n, k].</param>
/// <param name="IsSymmetric">Whether what is above the diagonal may be left out.</param>
internal readonly record struct MatrixProductShape(int M, int N, int K, bool RightIsTransposed, bool IsSymmetric);

/// <summary>
/// A product in progress. The columns of the result are cut into panels of two vectors; of the right operand, a block of a panel is packed, and then passes under all rows of the
/// left one, eight at a time, whose sums stay in registers.
/// </summary>
internal sealed class MatrixProductRun<T> : IParallelProgram
    where T : unmanaged
{
    /// <summary>Operations from which other threads are worth waking.</summary>
    private const long SharedWork = 4_000_000;

    /// <summary>Terms of a packed block: 512 rows of a panel of 128 bytes stay in the second-level cache.</summary>
    private const int Depth = 512;

    private const int Rows = 8;

    private const int Side = 16;

    [ThreadStatic]
    private static MatrixProductRun<T>? t_run;

    private MatrixProductShape _shape;
    private nint _left;
    private nint _right;
    private nint _result;

    public static void Start(nint left, nint right, nint result, in MatrixProductShape shape)
    {
        MatrixProductRun<T> run = t_run ??= new MatrixProductRun<T>();
        (run._left, run._right, run._result, run._shape) = (left, right, result, shape);
        int parts = 2L * shape.M * shape.N * shape.K >= SharedWork ? OptGenRuntime.MaxThreads : 1;
        WorkerTeam.Run(run, 0, Math.Min(parts, WorkerTeam.MaxParts));
    }

    void IParallelProgram.Execute(int kernel, int part, int parts)
    {
        if (typeof(T) == typeof(float))
        {
            switch (OptGenRuntime.VectorBits)
            {
                case 512:
                    Execute<Float512, float>(part, parts);
                    break;
                case 256:
                    Execute<Float256, float>(part, parts);
                    break;
                case 128:
                    Execute<Float128, float>(part, parts);
                    break;
                default:
                    Execute<Float32, float>(part, parts);
                    break;
            }
        }
        else
        {
            switch (OptGenRuntime.VectorBits)
            {
                case 512:
                    Execute<Double512, double>(part, parts);
                    break;
                case 256:
                    Execute<Double256, double>(part, parts);
                    break;
                case 128:
                    Execute<Double128, double>(part, parts);
                    break;
                default:
                    Execute<Double64, double>(part, parts);
                    break;
            }
        }
    }

    /// <summary>Every panel of a part. Panels go round the parts, since those of a symmetric product get shorter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Execute<V, E>(int part, int parts)
        where V : struct, ISimd<V, E>
        where E : unmanaged
    {
        int width = 2 * V.Count;
        ref E packed = ref Scratch.Rent<E>((Depth * width) + (Rows * width));
        ref E tile = ref Unsafe.Add(ref packed, Depth * width);
        for (int panel = part; panel * width < _shape.N; panel += parts)
        {
            int column = panel * width;
            int columns = Math.Min(width, _shape.N - column);
            int firstRow = _shape.IsSymmetric ? column / Rows * Rows : 0;

            // An empty sum is 0 as well, so there is always a first block.
            for (int first = 0; first == 0 || first < _shape.K; first += Depth)
            {
                int depth = Math.Min(Depth, _shape.K - first);
                Pack(ref packed, column, columns, width, first, depth);
                for (int row = firstRow; row < _shape.M; row += Rows)
                {
                    ref E left = ref Memory.At<E>(_left + (((nint)row * _shape.K) + first) * Unsafe.SizeOf<E>());
                    ref E result = ref Memory.At<E>(_result + (((nint)row * _shape.N) + column) * Unsafe.SizeOf<E>());
                    int rows = Math.Min(Rows, _shape.M - row);
                    if (rows == Rows && columns == width)
                    {
                        MatrixTile.EightRows<V, E>(ref left, _shape.K, ref packed, ref result, _shape.N, depth, first > 0);
                        continue;
                    }

                    if (first > 0)
                        Copy(ref result, _shape.N, ref tile, width, rows, columns);
                    if (rows == Rows)
                        MatrixTile.EightRows<V, E>(ref left, _shape.K, ref packed, ref tile, width, depth, first > 0);
                    else
                        MatrixTile.EachRow<V, E>(ref left, _shape.K, ref packed, ref tile, width, depth, rows, first > 0);
                    Copy(ref tile, width, ref result, _shape.N, rows, columns);
                }
            }
        }
    }

    /// <summary>Copies a block of a panel so that the columns of a term are neighbours; columns past the last are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack<E>(ref E packed, int column, int columns, int width, int first, int depth)
        where E : unmanaged
    {
        if (columns < width)
            MemoryMarshal.CreateSpan(ref packed, depth * width).Clear();
        if (_shape.RightIsTransposed)
        {
            // A few terms of every column at a time, so that what is written stays in the first-level cache.
            for (int block = 0; block < depth; block += Side)
            {
                int terms = Math.Min(Side, depth - block);
                for (int j = 0; j < columns; j++)
                {
                    ref E source = ref Memory.At<E>(_right + (((nint)(column + j) * _shape.K) + first + block) * Unsafe.SizeOf<E>());
                    ref E place = ref Unsafe.Add(ref packed, ((nint)block * width) + j);
                    for (nint l = 0; l < terms; l++)
                    {
                        place = Unsafe.Add(ref source, l);
                        place = ref Unsafe.Add(ref place, width);
                    }
                }
            }

            return;
        }

        for (int l = 0; l < depth; l++)
        {
            ReadOnlySpan<E> source = Memory.Span<E>(_right + (((nint)(first + l) * _shape.N) + column) * Unsafe.SizeOf<E>(), columns);
            source.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref packed, l * width), columns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<E>(ref E source, int sourceWidth, ref E destination, int destinationWidth, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                Unsafe.Add(ref destination, ((nint)i * destinationWidth) + j) = Unsafe.Add(ref source, ((nint)i * sourceWidth) + j);
        }
    }
}
