using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OptGen.Simd;

namespace OptGen.Kernels;

/// <summary>
/// Rotations of neighbouring rows of a square matrix, put off until there are many: then a panel of columns takes them all while it lies in the cache, instead of the whole matrix each of them. Panels are shared among threads. An element sees the
/// same operations in the same order whatever the width of vectors and the number of threads.
/// </summary>
internal sealed class Rotations : IParallelProgram
{
    private const int Most = 1 << 14;

    /// <summary>Columns of a panel: four of the widest vectors.</summary>
    private const int Width = 32;

    /// <summary>Rotations of elements from which other threads are worth waking.</summary>
    private const long SharedWork = 1_000_000;

    [ThreadStatic]
    private static Rotations? t_rotations;

    private readonly double[] _angles = new double[3 * Most];
    private nint _rows;
    private int _size;
    private int _count;

    /// <summary>Begins to collect for a matrix, whose memory must not move until <see cref="Apply"/> was called.</summary>
    public static Rotations Of(nint rows, int size)
    {
        Rotations rotations = t_rotations ??= new Rotations();
        (rotations._rows, rotations._size, rotations._count) = (rows, size, 0);
        return rotations;
    }

    /// <summary>Rows i and i + 1 become cos·rowᵢ − sin·rowᵢ₊₁ and sin·rowᵢ + cos·rowᵢ₊₁.</summary>
    public void Add(int row, double cos, double sin)
    {
        if (_count == Most)
            Apply();
        Span<double> place = _angles.AsSpan(3 * _count++, 3);
        (place[0], place[1], place[2]) = (row, cos, sin);
    }

    /// <summary>Does all that was put off.</summary>
    public void Apply()
    {
        if (_count == 0)
            return;
        int parts = (long)_count * _size >= SharedWork ? OptGenRuntime.MaxThreads : 1;
        WorkerTeam.Run(this, 0, Math.Min(parts, WorkerTeam.MaxParts));
        _count = 0;
    }

    void IParallelProgram.Execute(int kernel, int part, int parts)
    {
        switch (OptGenRuntime.VectorBits)
        {
            case 512:
                Execute<Double512>(part, parts);
                break;
            case 256:
                Execute<Double256>(part, parts);
                break;
            case 128:
                Execute<Double128>(part, parts);
                break;
            default:
                Execute<Double64>(part, parts);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Execute<V>(int part, int parts)
        where V : struct, ISimd<V, double>
    {
        ref double panel = ref Scratch.Rent<double>(_size * Width);
        for (int column = part * Width; column < _size; column += parts * Width)
        {
            int width = Math.Min(Width, _size - column);
            for (int row = 0; row < _size; row++)
                Source(row, column, width).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref panel, (nint)row * Width), width));
            for (int first = 0; first < width; first += 4 * V.Count)
                Turn<V>(ref Unsafe.Add(ref panel, first), _angles.AsSpan(0, 3 * _count));
            for (int row = 0; row < _size; row++)
                MemoryMarshal.CreateSpan(ref Unsafe.Add(ref panel, (nint)row * Width), width).CopyTo(Source(row, column, width));
        }
    }

    private Span<double> Source(int row, int column, int width) => Memory.Span<double>(_rows + (((nint)row * _size) + column) * sizeof(double), width);

    /// <summary>Turns four vectors of all rows of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn<V>(ref double panel, ReadOnlySpan<double> angles)
        where V : struct, ISimd<V, double>
    {
        // Most rotations follow the one of the row below, whose upper row they take on in registers.
        int held = (int)angles[0] + 1;
        ref double place = ref Unsafe.Add(ref panel, (nint)held * Width);
        V a = V.Load(ref place), b = V.Load(ref Unsafe.Add(ref place, V.Count)), c = V.Load(ref Unsafe.Add(ref place, 2 * V.Count)), d = V.Load(ref Unsafe.Add(ref place, 3 * V.Count));
        for (int i = 0; i < angles.Length; i += 3)
        {
            int row = (int)angles[i];
            if (row + 1 != held)
            {
                place = ref Unsafe.Add(ref panel, (nint)held * Width);
                V.Store(a, ref place);
                V.Store(b, ref Unsafe.Add(ref place, V.Count));
                V.Store(c, ref Unsafe.Add(ref place, 2 * V.Count));
                V.Store(d, ref Unsafe.Add(ref place, 3 * V.Count));
                place = ref Unsafe.Add(ref panel, (nint)(row + 1) * Width);
                a = V.Load(ref place);
                b = V.Load(ref Unsafe.Add(ref place, V.Count));
                c = V.Load(ref Unsafe.Add(ref place, 2 * V.Count));
                d = V.Load(ref Unsafe.Add(ref place, 3 * V.Count));
            }

            V cos = V.Broadcast(angles[i + 1]), sin = V.Broadcast(angles[i + 2]);
            place = ref Unsafe.Add(ref panel, (nint)row * Width);
            ref double below = ref Unsafe.Add(ref place, Width);
            V e = V.Load(ref place), f = V.Load(ref Unsafe.Add(ref place, V.Count)), g = V.Load(ref Unsafe.Add(ref place, 2 * V.Count)), h = V.Load(ref Unsafe.Add(ref place, 3 * V.Count));
            V.Store(V.FusedMultiplyAdd(sin, e, cos * a), ref below);
            V.Store(V.FusedMultiplyAdd(sin, f, cos * b), ref Unsafe.Add(ref below, V.Count));
            V.Store(V.FusedMultiplyAdd(sin, g, cos * c), ref Unsafe.Add(ref below, 2 * V.Count));
            V.Store(V.FusedMultiplyAdd(sin, h, cos * d), ref Unsafe.Add(ref below, 3 * V.Count));
            a = V.FusedMultiplyAdd(cos, e, -(sin * a));
            b = V.FusedMultiplyAdd(cos, f, -(sin * b));
            c = V.FusedMultiplyAdd(cos, g, -(sin * c));
            d = V.FusedMultiplyAdd(cos, h, -(sin * d));
            held = row;
        }

        place = ref Unsafe.Add(ref panel, (nint)held * Width);
        V.Store(a, ref place);
        V.Store(b, ref Unsafe.Add(ref place, V.Count));
        V.Store(c, ref Unsafe.Add(ref place, 2 * V.Count));
        V.Store(d, ref Unsafe.Add(ref place, 3 * V.Count));
    }
}
