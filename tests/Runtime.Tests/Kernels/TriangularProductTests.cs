using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public class TriangularProductTests
{
    /// <summary>Within a block of 64 rows, at its end, and over several.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(5, 1)]
    [InlineData(64, 7)]
    [InlineData(150, 9)]
    public void Products_and_solutions_are_those_of_plain_loops(int size, int columns)
    {
        Random random = new(size);
        double[] upper = [.. Enumerable.Range(0, size * size).Select(i => i % size > i / size ? (random.NextDouble() - 0.5) / size : i % size == i / size ? 1 + random.NextDouble() : 0)];
        double[] x = [.. Enumerable.Range(0, size * columns).Select(_ => random.NextDouble() - 0.5)];
        double[] product = new double[x.Length], transposed = new double[x.Length], space = new double[TriangularProduct.Space(size)], block = new double[TriangularProduct.Product(size, columns)];
        TriangularProduct.Multiply<double>(upper, x, product, size, columns, space);
        TriangularProduct.MultiplyTransposed<double>(upper, x, transposed, size, columns, space);
        for (int i = 0; i < x.Length; i++)
        {
            int row = i / columns, column = i % columns;
            Assert.Equal(Enumerable.Range(0, size).Sum(k => upper[(row * size) + k] * x[(k * columns) + column]), product[i], 1e-13);
            Assert.Equal(Enumerable.Range(0, size).Sum(k => upper[(k * size) + row] * x[(k * columns) + column]), transposed[i], 1e-13);
        }

        TriangularProduct.SolveTransposed<double>(upper, transposed, size, columns, space, block);
        Assert.All(x.Zip(transposed), pair => Assert.Equal(pair.First, pair.Second, 1e-13));

        float[] single = [.. x.Select(value => (float)value)], solution = new float[x.Length];
        TriangularProduct.MultiplyTransposed<float>([.. upper.Select(value => (float)value)], single, solution, size, columns, new float[space.Length]);
        TriangularProduct.SolveTransposed<float>([.. upper.Select(value => (float)value)], solution, size, columns, new float[space.Length], new float[block.Length]);
        Assert.All(single.Zip(solution), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }
}
