using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public class MatrixRootTests
{
    [Theory]
    [InlineData(1, 4, 1.0, 1e-6)]
    [InlineData(9, 4, 1.0, 1e-6)]
    [InlineData(9, 2, 3.5, 1e-6)]
    [InlineData(40, 4, 0.25, 1e-3)]
    [InlineData(40, 2, 1.0, 1e-9)]
    public void A_root_has_the_roots_of_the_eigenvalues(int size, int power, double scale, double ridge)
    {
        // The eigenvectors are a reflection's columns, and half of the eigenvalues 0.
        double[] u = [.. Enumerable.Range(0, size).Select(i => Math.Sqrt(2.0 * (i + 1) / (size * (size + 1))))];
        double[] values = [.. Enumerable.Range(0, size).Select(i => i < (size + 1) / 2 ? 1.0 / (i + 1) : 0)], root = new double[size * size];
        double norm = Math.Sqrt(values.Sum(x => x * x));
        double[] a = OfEigenvalues(values, u), expected = OfEigenvalues([.. values.Select(x => Math.Pow(scale * (x + (ridge * norm)), -1.0 / power))], u);
        MatrixRoot.Inverse<double>(a, root, size, power, scale, ridge);
        double largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(root), pair => Assert.Equal(pair.First, pair.Second, 1e-15 * size / ridge * largest));

        float[] single = [.. a.Select(x => (float)x)];
        ridge = Math.Max(ridge, 1e-3);
        expected = OfEigenvalues([.. values.Select(x => Math.Pow(scale * (x + (ridge * norm)), -1.0 / power))], u);
        MatrixRoot.Inverse<float>(single, single, size, power, scale, ridge);
        Assert.All(expected.Zip(single), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * expected.Max(Math.Abs)));
    }

    [Fact]
    public void A_diagonal_has_the_roots_of_its_elements()
    {
        double[] a = [16, 0, 0, 0, 81, 0, 0, 0, 0], root = new double[9];
        MatrixRoot.Inverse<double>(a, root, 3, 4, 1, 1e-9);
        double norm = Math.Sqrt((16 * 16) + (81 * 81));
        Assert.Equal(0.5, root[0], 1e-8);
        Assert.Equal(1 / 3.0, root[4], 1e-8);
        Assert.Equal(Math.Pow(1e-9 * norm, -0.25), root[8], 1e-5);
        Assert.Equal(0, root[1], 1e-12);
    }

    [Fact]
    public void What_has_no_root_stays_harmless_or_shows()
    {
        double[] root = new double[4];
        MatrixRoot.Inverse<double>([0, 0, 0, 0], root, 2, 4, 1, 1e-6);
        Assert.Equal([1, 0, 0, 1], root);
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity })
        {
            MatrixRoot.Inverse<double>([1, bad, bad, bad], root, 2, 4, 1, 1e-6);
            Assert.All(root, x => Assert.True(double.IsNaN(x)));
        }

        MatrixRoot.Inverse<double>([1, double.NaN, double.NaN, 1], root, 2, 2, 1, 1e-6);
        Assert.All(root, x => Assert.False(double.IsFinite(x)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixRoot.Inverse<double>([1], new double[1], 1, 3, 1, 1e-6));
        Assert.Throws<ArgumentException>(() => MatrixRoot.Inverse<double>([1, 0, 0], new double[4], 2, 2, 1, 1e-6));
    }

    [Fact]
    public void States_of_pairs_have_a_matrix_for_each_short_axis()
    {
        Segment[] segments = [new(0, 2, 3, 0, 0, 0), new(6, 1, 4, 0, 2, 3), new(10, 5, 2, 0, 3, 7), new(20, 3, 1, 0, 8, 9)];
        PairedState<float> rows = new(segments, Pairs.OfRows, atMost: 4), columns = new(segments, Pairs.OfColumns);
        Assert.Equal(4, rows.Length);
        Assert.Equal([4, 0, 0, 0], Enumerable.Range(0, 4).Select(i => rows.Of(i).Length));
        Assert.Equal([9, 0, 4, 0], Enumerable.Range(0, 4).Select(i => columns.Of(i).Length));
        columns.Of(2)[1] = 7;
        Assert.Equal(7, columns.Span[10]);
        Assert.Equal(7, columns.Memory.Span[10]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairedState<float>([new(0, 50_000, 2, 0, 0, 0)], Pairs.OfRows));
    }

    /// <summary>A matrix of those eigenvalues, whose eigenvectors are the columns of I − 2uuᵀ.</summary>
    private static double[] OfEigenvalues(double[] values, double[] u)
    {
        int size = u.Length;
        double Vector(int i, int k) => (i == k ? 1 : 0) - (2 * u[i] * u[k]);
        return [.. Enumerable.Range(0, size * size).Select(i => Enumerable.Range(0, size).Sum(k => Vector(i / size, k) * values[k] * Vector(i % size, k)))];
    }
}
