using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OptGen.Kernels;

/// <summary>
/// Rotations of neighbouring rows of a matrix, put off until there are many: then a panel of columns takes them all while it lies in the cache, instead of the whole matrix each of them. Elements see the same operations in the same order.
/// </summary>
internal ref struct Rotations
{
    private const int Most = 1 << 14;

    private const int Width = 16;

    private readonly Span<double> _rows;
    private readonly Span<double> _angles;
    private readonly Span<double> _panel;
    private readonly int _size;
    private int _count;

    /// <param name="rows">A square matrix.</param>
    /// <param name="size">Its rows and columns.</param>
    public Rotations(Span<double> rows, int size)
    {
        _rows = rows;
        _size = size;
        int most = (int)Math.Min(Most, 4L * size * size);
        Span<double> memory = MatrixWorkspace<double>.RentLine((3 * most) + (size * Width));
        _angles = memory[..(3 * most)];
        _panel = memory[(3 * most)..];
    }

    /// <summary>Rows i and i + 1 become cos·rowᵢ − sin·rowᵢ₊₁ and sin·rowᵢ + cos·rowᵢ₊₁.</summary>
    public void Add(int row, double cos, double sin)
    {
        if (3 * _count == _angles.Length)
            Apply();
        Span<double> place = _angles.Slice(3 * _count++, 3);
        (place[0], place[1], place[2]) = (row, cos, sin);
    }

    /// <summary>Does all that was put off.</summary>
    public void Apply()
    {
        for (int column = 0; column < _size && _count > 0; column += Width)
        {
            int width = Math.Min(Width, _size - column);
            for (int row = 0; row < _size; row++)
                _rows.Slice((row * _size) + column, width).CopyTo(_panel.Slice(row * Width, width));
            Turn(ref MemoryMarshal.GetReference(_panel), _angles[..(3 * _count)]);
            for (int row = 0; row < _size; row++)
                _panel.Slice(row * Width, width).CopyTo(_rows.Slice((row * _size) + column, width));
        }

        _count = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(ref double panel, ReadOnlySpan<double> angles)
    {
        // Most rotations follow the one of the row below, whose upper row they take on in registers.
        int held = (int)angles[0] + 1;
        ref double place = ref Unsafe.Add(ref panel, (nint)held * Width);
        Vector256<double> a = Vector256.LoadUnsafe(ref place), b = Vector256.LoadUnsafe(ref place, 4), c = Vector256.LoadUnsafe(ref place, 8), d = Vector256.LoadUnsafe(ref place, 12);
        for (int i = 0; i < angles.Length; i += 3)
        {
            int row = (int)angles[i];
            if (row + 1 != held)
            {
                place = ref Unsafe.Add(ref panel, (nint)held * Width);
                Store(ref place, a, b, c, d);
                place = ref Unsafe.Add(ref panel, (nint)(row + 1) * Width);
                (a, b, c, d) = (Vector256.LoadUnsafe(ref place), Vector256.LoadUnsafe(ref place, 4), Vector256.LoadUnsafe(ref place, 8), Vector256.LoadUnsafe(ref place, 12));
            }

            Vector256<double> cos = Vector256.Create(angles[i + 1]), sin = Vector256.Create(angles[i + 2]);
            place = ref Unsafe.Add(ref panel, (nint)row * Width);
            Vector256<double> e = Vector256.LoadUnsafe(ref place), f = Vector256.LoadUnsafe(ref place, 4), g = Vector256.LoadUnsafe(ref place, 8), h = Vector256.LoadUnsafe(ref place, 12);
            Store(ref Unsafe.Add(ref place, Width), (sin * e) + (cos * a), (sin * f) + (cos * b), (sin * g) + (cos * c), (sin * h) + (cos * d));
            a = (cos * e) - (sin * a);
            b = (cos * f) - (sin * b);
            c = (cos * g) - (sin * c);
            d = (cos * h) - (sin * d);
            held = row;
        }

        Store(ref Unsafe.Add(ref panel, (nint)held * Width), a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref double place, Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d)
    {
        a.StoreUnsafe(ref place);
        b.StoreUnsafe(ref place, 4);
        c.StoreUnsafe(ref place, 8);
        d.StoreUnsafe(ref place, 12);
    }
}
