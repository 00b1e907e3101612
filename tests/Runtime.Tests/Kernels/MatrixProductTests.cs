using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

/// <summary>The width of vectors belongs to the process, so these tests run alone.</summary>
[Collection(nameof(ProcessSettings))]
public class MatrixProductTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 2)]
    [InlineData(4, 32, 7)]
    [InlineData(9, 67, 33)]
    [InlineData(24, 64, 512)]
    [InlineData(19, 33, 1_100)]
    [InlineData(130, 140, 513)]
    [InlineData(2, 3, 0)]
    public void Products_are_sums_of_products_at_every_width(int m, int n, int k)
    {
        Random random = new(1);
        double[] a = [.. Enumerable.Range(0, m * k).Select(_ => random.NextDouble() - 0.5)], b = [.. Enumerable.Range(0, k * n).Select(_ => random.NextDouble() - 0.5)];
        float[] left = [.. a.Select(x => (float)x)], right = [.. b.Select(x => (float)x)];
        float[]? first = null;
        int before = OptGenRuntime.VectorBits;
        try
        {
            foreach (int bits in new[] { 512, 256, 128, 0 })
            {
                OptGenRuntime.VectorBits = bits;
                double[] doubles = [.. Enumerable.Repeat(double.NaN, m * n)];
                float[] singles = [.. Enumerable.Repeat(float.NaN, m * n)];
                MatrixProduct.Multiply<double>(a, b, doubles, m, n, k);
                MatrixProduct.Multiply<float>(left, right, singles, m, n, k);
                for (int i = 0; i < m * n; i++)
                {
                    double expected = Enumerable.Range(0, k).Sum(l => a[(i / n * k) + l] * b[(l * n) + (i % n)]);

                    // A rounding for each term and each factor, of at most half a unit in the last place.
                    double magnitudes = Enumerable.Range(0, k).Sum(l => Math.Abs(a[(i / n * k) + l] * b[(l * n) + (i % n)]));
                    Assert.Equal(expected, doubles[i], (k + 2) * 1.2e-16 * magnitudes);
                    Assert.Equal(expected, singles[i], (k + 2) * 6e-8 * magnitudes);
                }

                first ??= singles;
                Assert.Equal(first, singles);
            }
        }
        finally
        {
            OptGenRuntime.VectorBits = before;
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(37, 530)]
    [InlineData(150, 129)]
    public void A_gram_matrix_is_the_product_with_the_transpose_whatever_the_number_of_threads(int m, int k)
    {
        Random random = new(3);
        float[] a = [.. Enumerable.Range(0, m * k).Select(_ => random.NextSingle() - 0.5f)], transposed = new float[m * k], expected = new float[m * m];
        MatrixProduct.Transpose<float>(a, transposed, m, k);
        for (int i = 0; i < a.Length; i++)
            Assert.Equal(a[i], transposed[(i % k * m) + (i / k)]);
        (int bits, int threads) = (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads);
        try
        {
            MatrixProduct.Multiply<float>(a, transposed, expected, m, m, k);
            foreach ((int width, int team) in new[] { (512, 1), (512, 2), (256, 3), (128, 4), (0, 1) })
            {
                (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (width, team);
                float[] gram = [.. Enumerable.Repeat(float.NaN, m * m)];
                MatrixProduct.Gram<float>(a, gram, m, k);
                Assert.Equal(expected, gram);
            }
        }
        finally
        {
            (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (bits, threads);
        }
    }

    [Fact]
    public void Short_spans_and_other_types_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply<float>(new float[3], new float[4], new float[4], 2, 2, 2));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply<float>(new float[4], new float[4], new float[3], 2, 2, 2));
        Assert.Throws<NotSupportedException>(() => MatrixProduct.Multiply<int>(new int[4], new int[4], new int[4], 2, 2, 2));
    }

    [Theory]
    [InlineData(5, 19)]
    [InlineData(17, 3)]
    [InlineData(40, 40)]
    public void Newton_Schulz_brings_singular_values_near_one(int rows, int columns)
    {
        Random random = new(2);
        double[] matrix = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() - 0.5)];
        Orthogonalization.NewtonSchulz<double>(matrix, rows, columns);

        // All eigenvalues of the smaller Gram matrix lie where five iterations bring them: their mean and their largest, by its norm, do.
        int r = Math.Min(rows, columns), c = Math.Max(rows, columns);
        double Element(int i, int l) => rows <= columns ? matrix[(i * columns) + l] : matrix[(l * columns) + i];
        double[] gram = [.. Enumerable.Range(0, r * r).Select(at => Enumerable.Range(0, c).Sum(l => Element(at / r, l) * Element(at % r, l)))];
        double trace = Enumerable.Range(0, r).Sum(i => gram[(i * r) + i]), squares = gram.Sum(x => x * x);
        Assert.InRange(trace / r, 0.45, 1.25);
        Assert.InRange(squares / r, 0.3, 1.5);
    }

    [Fact]
    public void A_vector_is_left_as_it_is()
    {
        double[] row = [1, 2, 3];
        Orthogonalization.NewtonSchulz<double>(row, 1, 3);
        Assert.Equal([1, 2, 3], row);
    }
}
