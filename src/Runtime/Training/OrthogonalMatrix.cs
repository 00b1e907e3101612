using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OptGen;

/// <summary>Random matrices with orthonormal columns, or with orthonormal rows where there are fewer of them.</summary>
internal static class OrthogonalMatrix
{
    /// <summary>Fills a row-major matrix with the initializer's gain times such a matrix, made from the normal numbers of its elements.</summary>
    public static void Fill(in InitializerInput input, Span<double> values, int rows, int columns)
    {
        bool byColumn = rows >= columns;
        (int count, int length) = byColumn ? (columns, rows) : (rows, columns);
        double[] vectors = new double[count * length];
        for (int i = 0; i < vectors.Length; i++)
            vectors[i] = input.At(byColumn ? (i % length * (long)columns) + (i / length) : i).Normal;
        Orthonormalize(vectors, count, length);
        for (int i = 0; i < vectors.Length; i++)
            values[byColumn ? (i % length * columns) + (i / length) : i] = input.Gain * vectors[i];
    }

    /// <summary>
    /// Makes vectors orthonormal, each against those before it, by the method of Gram and Schmidt; done again for a vector that lost most of its length, that is exact to
    /// rounding. A vector's own direction keeps its sign, so normal vectors give every orthogonal matrix with equal probability.
    /// </summary>
    private static void Orthonormalize(Span<double> vectors, int count, int length)
    {
        for (int i = 0; i < count; i++)
        {
            Span<double> vector = vectors.Slice(i * length, length);
            double left = Project(vector, vectors, i, length);
            if (left < 0.5)
                Project(vector, vectors, i, length);
        }
    }

    /// <summary>Makes a vector orthogonal to the first ones and of length 1; returns the share of its length that was left.</summary>
    private static double Project(Span<double> vector, ReadOnlySpan<double> vectors, int count, int length)
    {
        double before = Math.Sqrt(Dot(vector, vector));
        for (int j = 0; j < count; j++)
        {
            ReadOnlySpan<double> other = vectors.Slice(j * length, length);
            Subtract(vector, Dot(vector, other), other);
        }

        double norm = Math.Sqrt(Dot(vector, vector));
        foreach (ref double element in vector)
            element /= norm;
        return norm / before;
    }

    // Four lanes on every machine, and no fused multiplication, so that the sums have the same bits everywhere.
    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector256<double>> a4 = MemoryMarshal.Cast<double, Vector256<double>>(a), b4 = MemoryMarshal.Cast<double, Vector256<double>>(b);
        Vector256<double> even = Vector256<double>.Zero, odd = Vector256<double>.Zero;
        for (int i = 0; i + 1 < a4.Length; i += 2)
        {
            even += a4[i] * b4[i];
            odd += a4[i + 1] * b4[i + 1];
        }

        even += odd;
        double sum = even.GetElement(0) + even.GetElement(1) + even.GetElement(2) + even.GetElement(3);
        for (int i = (a4.Length & ~1) * Vector256<double>.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void Subtract(Span<double> vector, double factor, ReadOnlySpan<double> other)
    {
        Span<Vector256<double>> vector4 = MemoryMarshal.Cast<double, Vector256<double>>(vector);
        ReadOnlySpan<Vector256<double>> other4 = MemoryMarshal.Cast<double, Vector256<double>>(other);
        Vector256<double> factor4 = Vector256.Create(factor);
        for (int i = 0; i < vector4.Length; i++)
            vector4[i] -= factor4 * other4[i];
        for (int i = vector4.Length * Vector256<double>.Count; i < vector.Length; i++)
            vector[i] -= factor * other[i];
    }
}
