using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

[Collection(nameof(ProcessSettings))]
public class EigenbasisTests
{
    /// <summary>Matrices of full and of small rank, diagonal ones, those with blocks that are 0, and one with more rotations than wait.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(7, 7)]
    [InlineData(33, 5)]
    [InlineData(64, 100)]
    [InlineData(90, 0)]
    [InlineData(170, 180)]
    public void A_matrix_is_diagonal_in_its_eigenvectors(int size, int rank)
    {
        Random random = new(size);
        double[] a = new double[size * size], basis = new double[size * size];
        if (rank > 0)
            MatrixProduct.Gram<double>([.. Enumerable.Range(0, size * rank).Select(_ => random.NextDouble() - 0.5)], a, size, rank);
        for (int i = 0; i < size && rank == 0; i++)
            a[i * (size + 1)] = i % 5;
        Eigenbasis.Of<double>(a, basis, size);

        double[] identity = Turned([.. Enumerable.Range(0, size * size).Select(i => i % (size + 1) == 0 ? 1.0 : 0)], basis, size), diagonal = Turned(a, basis, size);
        double norm = Math.Max(1, Math.Sqrt(a.Sum(x => x * x)));
        for (int i = 0; i < a.Length; i++)
        {
            bool isOn = i % (size + 1) == 0;
            Assert.Equal(isOn ? 1 : 0, identity[i], 1e-13);
            Assert.Equal(isOn ? diagonal[i] : 0, diagonal[i], 1e-13 * norm);
            Assert.True(!isOn || i == 0 || diagonal[i] <= diagonal[i - size - 1] + (1e-13 * norm));
        }
    }

    [Fact]
    public void Where_a_matrix_is_zero_rounding_does_not_choose_the_basis()
    {
        Random random = new(3);
        const int size = 12;
        double[] factor = [.. Enumerable.Range(0, size * 2).Select(_ => random.NextDouble() - 0.5)], a = new double[size * size], basis = new double[size * size];
        MatrixProduct.Gram<double>(factor, a, size, 2);
        float[] single = [.. a.Select(x => (float)x)], rounded = new float[size * size];
        for (int step = 0; step < 5; step++)
        {
            if (step == 0)
            {
                Eigenbasis.Of<double>(a, basis, size);
                Eigenbasis.Of<float>(single, rounded, size);
            }
            else
            {
                Eigenbasis.Follow<double>(a, basis, size);
                Eigenbasis.Follow<float>(single, rounded, size);
            }

            // But for signs, which the larger of each column tells.
            for (int column = 0; column < size; column++)
            {
                int largest = Enumerable.Range(0, size).MaxBy(i => Math.Abs(basis[(i * size) + column]));
                double sign = Math.Sign(basis[(largest * size) + column]) * Math.Sign(rounded[(largest * size) + column]);
                for (int i = 0; i < size; i++)
                    Assert.Equal(basis[(i * size) + column], sign * rounded[(i * size) + column], 1e-4);
            }
        }
    }

    [Fact]
    public void Any_width_of_vectors_and_number_of_threads_gives_the_same_bits()
    {
        const int size = 170;
        Random random = new(4);
        double[] a = new double[size * size], basis = new double[size * size], other = new double[size * size];
        MatrixProduct.Gram<double>([.. Enumerable.Range(0, size * size).Select(_ => random.NextDouble() - 0.5)], a, size, size);
        Eigenbasis.Of<double>(a, basis, size);
        (int widest, int threads) = (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads);
        try
        {
            foreach ((int bits, int count) in new[] { (0, 1), (128, 2), (256, 1), (512, 3) })
            {
                (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (bits, count);
                Eigenbasis.Of<double>(a, other, size);
                Assert.True(basis.AsSpan().SequenceEqual(other), $"{bits} bits, {count} threads");
            }
        }
        finally
        {
            (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (widest, threads);
        }
    }

    [Fact]
    public void Following_leads_to_the_eigenvectors()
    {
        // Eigenvalues 1, 1/4, 1/16 … in a basis of reflections.
        const int size = 6;
        double[] u = [.. Enumerable.Range(0, size).Select(i => (i + 1) / Math.Sqrt(91))], a = new double[size * size], basis = new double[size * size];
        double[] vectors = [.. Enumerable.Range(0, size * size).Select(i => (i % (size + 1) == 0 ? 1 : 0) - (2 * u[i / size] * u[i % size]))];
        for (int i = 0; i < a.Length; i++)
            a[i] = Enumerable.Range(0, size).Sum(k => vectors[(i / size * size) + k] * Math.Pow(0.25, k) * vectors[(i % size * size) + k]);
        for (int i = 0; i < size; i++)
            basis[i * (size + 1)] = 1;
        float[] single = [.. basis.Select(x => (float)x)], matrix = [.. a.Select(x => (float)x)];
        for (int step = 0; step < 40; step++)
        {
            Eigenbasis.Follow<double>(a, basis, size);
            Eigenbasis.Follow<float>(matrix, single, size);
        }

        for (int i = 0; i < a.Length; i++)
        {
            Assert.Equal(Math.Abs(vectors[i]), Math.Abs(basis[i]), 1e-13);
            Assert.Equal(Math.Abs(vectors[i]), Math.Abs(single[i]), 1e-3);
        }
    }

    [Fact]
    public void What_is_not_finite_has_no_basis_and_zero_has_the_unit_vectors()
    {
        double[] basis = new double[4];
        Eigenbasis.Of<double>([1, double.NaN, double.NaN, 1], basis, 2);
        Assert.All(basis, x => Assert.True(double.IsNaN(x)));
        Eigenbasis.Of<double>([0, 0, 0, 0], basis, 2);
        Assert.Equal([1, 0, 0, 1], basis);
        double[] kept = [0.6, -0.8, 0.8, 0.6];
        Eigenbasis.Follow<double>([0, 0, 0, 0], kept, 2);
        Assert.Equal([0.6, -0.8, 0.8, 0.6], kept);
        Assert.Throws<ArgumentException>(() => Eigenbasis.Of<double>([1, 0, 0], new double[4], 2));
        Assert.Throws<ArgumentException>(() => Eigenbasis.Follow<double>([1, 0, 0, 1], new double[3], 2));
    }

    private static double[] Turned(double[] a, double[] basis, int size)
    {
        double[] transposed = new double[a.Length], product = new double[a.Length], turned = new double[a.Length];
        MatrixProduct.Transpose<double>(basis, transposed, size, size);
        MatrixProduct.Multiply<double>(transposed, a, product, size, size, size);
        MatrixProduct.Multiply<double>(product, basis, turned, size, size, size);
        return turned;
    }
}
