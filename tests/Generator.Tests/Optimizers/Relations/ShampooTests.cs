using OptGen.Generator.Tests.Optimizers.Conformance;
using static OptGen.Generator.Tests.Optimizers.Relations.Matrices;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Shampoo against plain loops, with roots of matrices by their eigenvalues, which Jacobi's rotations find.</summary>
public class ShampooTests
{
    private const string Grafted = "Shampoo(MaxSize = 6)";
    private const string Plain = "Shampoo(MaxSize = 6, Graft = false, WeightDecay = 0.1f)";

    private static readonly CompiledSet s_set = new([Grafted, Plain], hasFloats: true);

    /// <summary>Matrices of each orientation, one with a long axis, one with two, and a vector.</summary>
    private static readonly MatrixShape[] s_shapes = [(4, 6), (6, 3), (5, 5), (3, 9), (8, 2), (7, 7), (1, 5)];

    [Theory]
    [InlineData(Grafted, 0.9)]
    [InlineData(Grafted, 1)]
    [InlineData(Plain, 0.9)]
    [InlineData(Plain, 1)]
    public void A_step_is_preconditioned_by_roots_of_the_factors(string rule, double beta2)
    {
        CompiledOptimizer optimizer = s_set.Create(rule, isDouble: true, s_shapes), single = s_set.Create(rule, isDouble: false, s_shapes);
        foreach (CompiledOptimizer one in new[] { optimizer, single })
            (one["LearningRate"], one["Beta1"], one["Beta2"], one["Ridge"], one["Every"]) = (0.05, 0.8, beta2, 1e-3, 3);
        Random random = new(5);
        int count = s_shapes.Sum(shape => shape.Rows * shape.Columns);
        double[] w = RuleTable.Numbers(random, count), expected = [.. w];
        float[] narrow = [.. w.Select(value => (float)value)];
        Reference[] references = [.. s_shapes.Select(shape => new Reference(shape.Rows, shape.Columns, beta2, isGrafted: rule == Grafted))];
        for (int t = 1; t <= 10; t++)
        {
            double[] g = RuleTable.Numbers(random, count);
            optimizer.Step<double>(w, g);
            single.Step<float>(narrow, [.. g.Select(value => (float)value)]);
            int offset = 0;
            foreach (Reference reference in references)
            {
                reference.Step(t, expected.AsSpan(offset, reference.Count), g.AsSpan(offset, reference.Count));
                offset += reference.Count;
            }

            for (int i = 0; i < count; i++)
            {
                Assert.Equal(expected[i], w[i], 1e-10);
                Assert.Equal(expected[i], narrow[i], 2e-4);
            }
        }

        // Longer axes have no factor, vectors none at all.
        Assert.Equal(16 + 36 + 25 + 9, optimizer.Memory<double>("Left").Length);
        Assert.Equal(36 + 9 + 25 + 4, optimizer.Memory<double>("RightRoot").Length);
    }

    private sealed class Reference(int rows, int columns, double beta2, bool isGrafted)
    {
        private readonly double[] _m = new double[rows * columns], _v = new double[rows * columns];
        private readonly double[,] _left = new double[rows, rows], _right = new double[columns, columns];
        private double[,] _leftRoot = new double[0, 0], _rightRoot = new double[0, 0];

        public int Count => rows * columns;

        public void Step(int t, Span<double> w, ReadOnlySpan<double> g)
        {
            double fresh = beta2 < 1 ? 1 - beta2 : 1, correction = beta2 < 1 ? 1 - Math.Pow(beta2, t) : 1;
            double[] diagonal = new double[Count], whole = g.ToArray();
            for (int i = 0; i < Count; i++)
            {
                _v[i] = (beta2 * _v[i]) + (fresh * g[i] * g[i]);
                diagonal[i] = g[i] / (Math.Sqrt(_v[i] / correction) + 1e-8);
            }

            bool hasLeft = rows <= 6, hasRight = columns <= 6, isMatrix = rows > 1 && columns > 1 && (hasLeft || hasRight);
            Learn(_left, rows, g, (a, i) => (a * columns) + i, columns, fresh);
            Learn(_right, columns, g, (a, i) => (i * columns) + a, rows, fresh);
            double power = hasLeft && hasRight ? -0.25 : -0.5;
            if ((t - 1) % 3 == 0)
            {
                _leftRoot = hasLeft ? Power(_left, rows, correction, power) : Identity(rows);
                _rightRoot = hasRight ? Power(_right, columns, correction, power) : Identity(columns);
            }

            double[] gradient = g.ToArray();
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    double sum = 0;
                    for (int a = 0; a < rows; a++)
                    {
                        for (int b = 0; b < columns; b++)
                            sum += _leftRoot[r, a] * gradient[(a * columns) + b] * _rightRoot[b, c];
                    }

                    whole[(r * columns) + c] = sum;
                }
            }

            double graft = isGrafted ? Math.Sqrt(diagonal.Sum(x => x * x) / whole.Sum(x => x * x)) : 1;
            for (int i = 0; i < Count; i++)
            {
                _m[i] = (0.8 * _m[i]) + (0.2 * (isMatrix ? graft * whole[i] : diagonal[i]));
                w[i] = (w[i] * (1 - (isGrafted ? 0 : 0.05 * 0.1))) - (0.05 * _m[i] / (1 - Math.Pow(0.8, t)));
            }
        }

        private void Learn(double[,] factor, int size, ReadOnlySpan<double> g, Func<int, int, int> place, int terms, double fresh)
        {
            for (int a = 0; a < size; a++)
            {
                for (int b = 0; b < size; b++)
                {
                    double sum = 0;
                    for (int i = 0; i < terms; i++)
                        sum += g[place(a, i)] * g[place(b, i)];
                    factor[a, b] = (beta2 * factor[a, b]) + (fresh * sum);
                }
            }
        }

        private static double[,] Power(double[,] factor, int size, double correction, double power)
        {
            double[,] a = (double[,])factor.Clone(), vectors = Identity(size), result = new double[size, size];
            double norm = Math.Sqrt(a.Cast<double>().Sum(x => x * x)) / correction;
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j < size; j++)
                    a[i, j] = (a[i, j] / correction) + (i == j ? 1e-3 * norm : 0);
            }

            Diagonalize(a, vectors, size);
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j < size; j++)
                    result[i, j] = Enumerable.Range(0, size).Sum(k => vectors[i, k] * Math.Pow(a[k, k], power) * vectors[j, k]);
            }

            return result;
        }

        /// <summary>Jacobi's rotations: each makes one pair of elements 0.</summary>
        private static void Diagonalize(double[,] a, double[,] vectors, int size)
        {
            for (int turn = 0; turn < 30 * size * size; turn++)
            {
                int p = turn % size, q = turn / size % size;
                if (p >= q || a[p, q] == 0)
                    continue;
                double angle = 0.5 * Math.Atan2(2 * a[p, q], a[q, q] - a[p, p]), cos = Math.Cos(angle), sin = Math.Sin(angle);
                for (int k = 0; k < size; k++)
                    (a[k, p], a[k, q]) = ((cos * a[k, p]) - (sin * a[k, q]), (sin * a[k, p]) + (cos * a[k, q]));
                for (int k = 0; k < size; k++)
                {
                    (a[p, k], a[q, k]) = ((cos * a[p, k]) - (sin * a[q, k]), (sin * a[p, k]) + (cos * a[q, k]));
                    (vectors[k, p], vectors[k, q]) = ((cos * vectors[k, p]) - (sin * vectors[k, q]), (sin * vectors[k, p]) + (cos * vectors[k, q]));
                }
            }
        }
    }
}
