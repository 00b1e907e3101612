namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Matrices in plain loops, for rules that are held against them.</summary>
internal static class Matrices
{
    /// <summary>Of numbers that lie row by row.</summary>
    public static double[,] Matrix(ReadOnlySpan<double> values, int rows, int columns)
    {
        double[,] matrix = new double[rows, columns];
        for (int i = 0; i < values.Length; i++)
            matrix[i / columns, i % columns] = values[i];
        return matrix;
    }

    public static double[,] Identity(int size, double scale = 1)
    {
        double[,] identity = new double[size, size];
        for (int i = 0; i < size; i++)
            identity[i, i] = scale;
        return identity;
    }

    public static double[,] Product(double[,] a, double[,] b)
    {
        double[,] c = new double[a.GetLength(0), b.GetLength(1)];
        for (int i = 0; i < c.GetLength(0); i++)
        {
            for (int j = 0; j < c.GetLength(1); j++)
                c[i, j] = Enumerable.Range(0, b.GetLength(0)).Sum(k => a[i, k] * b[k, j]);
        }

        return c;
    }

    public static double[,] Transpose(double[,] a)
    {
        double[,] b = new double[a.GetLength(1), a.GetLength(0)];
        for (int i = 0; i < b.Length; i++)
            b[i / b.GetLength(1), i % b.GetLength(1)] = a[i % b.GetLength(1), i / b.GetLength(1)];
        return b;
    }
}
