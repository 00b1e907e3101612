using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Optimizers.Conformance;
using OptGen.Kernels;
using static OptGen.Generator.Tests.Optimizers.Relations.Matrices;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Kron against plain loops, with inverses of triangles by substitution.</summary>
public class KronTests
{
    private const string Rule = "Kron(MaxSize = 6, WeightDecay = 0.1f)";
    private const int Steps = 14, MaxSize = 6;

    private static readonly CompiledSet s_set = new([Rule], hasFloats: true);

    /// <summary>Matrices of each orientation, with one long axis and with two, and vectors.</summary>
    private static readonly MatrixShape[] s_shapes = [(4, 6), (6, 3), (5, 5), (3, 9), (8, 2), (7, 7), (1, 5), (6, 1), (1, 1)];

    [Fact]
    public void A_step_is_whitened_by_factors_that_follow_random_probes()
    {
        CompiledOptimizer optimizer = s_set.Create(Rule, isDouble: true, s_shapes), single = s_set.Create(Rule, isDouble: false, s_shapes);
        int[] offsets = [.. s_shapes.Select((_, i) => s_shapes.Take(i).Sum(shape => shape.Rows * shape.Columns))];
        int count = s_shapes.Sum(shape => shape.Rows * shape.Columns);

        // A seed for which a matrix is balanced.
        int seed = Enumerable.Range(0, 100).First(seed => Enumerable.Range(3, 2).Any(step => new TensorRandom(seed, step, offsets[3], 0).Uniform(0) < 0.01));
        foreach (CompiledOptimizer one in new[] { optimizer, single })
        {
            (one["LearningRate"], one["Momentum"], one["FactorRate"], one["InitialScale"], one["MaxRms"], one["Seed"]) = (0.05, 0.8, 0.2, 3, 0.9, seed);
            (one["FirstProbability"], one["LastProbability"], one["ProbabilityDecay"], one["FlatSteps"]) = (0.8, 0.2, 0.3, 4);
        }

        Random random = new(5);
        double[] w = RuleTable.Numbers(random, count), expected = [.. w];
        float[] narrow = [.. w.Select(value => (float)value)];
        Reference[] references = [.. s_shapes.Select((shape, i) => new Reference(shape.Rows, shape.Columns, offsets[i], seed))];
        int since = 0, updates = 0;
        for (int t = 1; t <= Steps; t++)
        {
            double probability = Math.Clamp(0.8 * Math.Exp(-0.3 * (t - 1 - 4)), 0.2, 0.8);
            since++;
            bool isDue = t == 1 || since >= 1 / probability;
            if (isDue)
                (since, updates) = (0, updates + 1);
            double[] g = RuleTable.Numbers(random, count, size: 2);
            optimizer.Step<double>(w, g);
            single.Step<float>(narrow, [.. g.Select(value => (float)value)]);
            for (int i = 0; i < references.Length; i++)
                references[i].Step(t, isDue, expected.AsSpan(offsets[i], references[i].Count), g.AsSpan(offsets[i], references[i].Count));
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(expected[i], w[i], 1e-11);
                Assert.Equal(expected[i], narrow[i], 2e-4);
            }
        }

        // At first in every second step, then ever less often; some steps were as long as they may be, some were not.
        Assert.InRange(updates, 4, Steps - 4);
        Assert.True(references.Sum(reference => reference.Balanced) > 0);
        Assert.InRange(references.Sum(reference => reference.Shortened), 1, (Steps * references.Length) - 1);

        // No step sees how large one factor is beside the other, so the factors are compared as well.
        double[] left = [.. references.SelectMany(reference => reference.Left)], right = [.. references.SelectMany(reference => reference.Right)];
        Assert.All(left.Zip(optimizer.Memory<double>("Left").ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
        Assert.All(right.Zip(optimizer.Memory<double>("Right").ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-11));

        // A longer axis has a diagonal, a vector one of its axis.
        Assert.Equal(16 + 36 + 25 + 9 + 8 + 7 + 6, optimizer.Memory<double>("Left").Length);
        Assert.Equal(36 + 9 + 25 + 9 + 4 + 7 + 5 + 1, optimizer.Memory<double>("Right").Length);
    }

    [Fact]
    public void Probes_depend_on_the_seed_and_a_zero_gradient_teaches_nothing()
    {
        CompiledOptimizer first = s_set.Create(Rule, isDouble: true, (4, 5)), second = s_set.Create(Rule, isDouble: true, (4, 5));
        second["Seed"] = 1;
        double[] w = new double[20], v = new double[20], g = RuleTable.Numbers(new Random(1), 20);
        first.Step<double>(w, new double[20]);
        Assert.Equal([.. Enumerable.Range(0, 16).Select(i => i % 5 == 0 ? 1.0 : 0)], first.Memory<double>("Left").ToArray());
        first.Reset();
        first.Step<double>(w, g);
        second.Step<double>(v, g);
        Assert.All(w.Zip(v), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void Whole_tensors_have_streams_of_random_numbers_of_their_own()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid("[Optimizer, GradientNoise(0.1f), Kron] public partial class O;", "O");
        Assert.Equal(2, Assert.Single(spec.Reductions, reduction => reduction.Kind == ReductionKind.Whole).Stream);
        Assert.Equal(3, spec.Streams);
    }

    private sealed class Reference(int rows, int columns, int offset, int seed)
    {
        private readonly double[,] _m = new double[rows, columns];
        private double[,] _left = new double[0, 0], _right = new double[0, 0];

        public int Count => rows * columns;

        public int Balanced { get; private set; }

        public int Shortened { get; private set; }

        public double[] Left => IsVector && !IsColumn ? [] : Kept(_left);

        public double[] Right => IsColumn ? [] : Kept(_right);

        private bool IsVector => rows == 1 || columns == 1;

        /// <summary>Whether the vector lies along its rows.</summary>
        private bool IsColumn => IsVector && rows > 1;

        public void Step(int t, bool isDue, Span<double> w, ReadOnlySpan<double> g)
        {
            if (t == 1)
            {
                // What a vector has no factor for is I.
                (_left, _right) = (Identity(rows, !IsVector ? Math.Sqrt(3) : IsColumn ? 3 : 1), Identity(columns, !IsVector ? Math.Sqrt(3) : IsColumn ? 1 : 3));
            }

            double[,] mean = new double[rows, columns];
            for (int i = 0; i < Count; i++)
            {
                _m[i / columns, i % columns] = (0.8 * _m[i / columns, i % columns]) + (0.2 * g[i]);
                mean[i / columns, i % columns] = _m[i / columns, i % columns] / (1 - Math.Pow(0.8, t));
            }

            if (isDue)
                Learn(mean, new TensorRandom(seed, t - 1, offset, 0));
            double[,] step = Product(Product(Product(Transpose(_left), _left), mean), Product(Transpose(_right), _right));
            double rms = Math.Sqrt(step.Cast<double>().Average(x => x * x)), factor = Math.Min(1, 0.9 / (rms + 1e-8));
            Shortened += factor < 1 ? 1 : 0;
            for (int i = 0; i < Count; i++)
                w[i] = (w[i] * (1 - (0.05 * 0.1))) - (0.05 * factor * step[i / columns, i % columns]);
        }

        private void Learn(double[,] mean, TensorRandom random)
        {
            if (!IsVector && random.Uniform(0) < 0.01)
            {
                Balanced++;
                double left = _left.Cast<double>().Max(Math.Abs), right = _right.Cast<double>().Max(Math.Abs), both = Math.Sqrt(left * right);
                (_left, _right) = (Scaled(_left, both / left), Scaled(_right, both / right));
            }

            double[] probes = new double[Count];
            random.Normal<double>(probes);
            double[,] a = Product(Product(_left, mean), Transpose(_right)), b = Product(Product(Transpose(Inverse(_left)), Matrix(probes, rows, columns)), Inverse(_right));
            (double[,] oldLeft, double[,] oldRight) = (_left, _right);
            if (!IsVector || IsColumn)
                _left = Updated(oldLeft, Product(a, Transpose(a)), Product(b, Transpose(b)), isDiagonal: IsVector || rows > MaxSize);
            if (!IsColumn)
                _right = Updated(oldRight, Product(Transpose(a), a), Product(Transpose(b), b), isDiagonal: IsVector || columns > MaxSize);
        }

        private double[] Kept(double[,] factor)
        {
            int size = factor.GetLength(0);
            return [.. Enumerable.Range(0, size * size).Where(i => (!IsVector && size <= MaxSize) || i % (size + 1) == 0).Select(i => factor[i / size, i % size])];
        }

        private static double[,] Updated(double[,] factor, double[,] a, double[,] b, bool isDiagonal)
        {
            int size = factor.GetLength(0);
            double[,] sum = new double[size, size], change = new double[size, size];
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j < size; j++)
                {
                    bool counts = !isDiagonal || i == j;
                    sum[i, j] = counts ? a[i, j] + b[i, j] : 0;
                    change[i, j] = counts && j >= i ? a[i, j] - b[i, j] : 0;
                }
            }

            double norm = sum.Cast<double>().Max(Math.Abs);
            if (!isDiagonal)
            {
                int longest = Enumerable.Range(0, size).MaxBy(i => Enumerable.Range(0, size).Sum(j => sum[i, j] * sum[i, j]));
                double[,] row = new double[size, 1];
                for (int i = 0; i < size; i++)
                    row[i, 0] = sum[longest, i];
                double[,] x = Product(sum, row), y = Product(sum, x);
                norm = Math.Sqrt(y.Cast<double>().Sum(value => value * value) / x.Cast<double>().Sum(value => value * value));
            }

            double[,] product = Product(change, factor), updated = (double[,])factor.Clone();
            for (int i = 0; i < size * size; i++)
                updated[i / size, i % size] -= 0.2 / norm * product[i / size, i % size];
            return updated;
        }

        private static double[,] Scaled(double[,] a, double factor) => Matrix([.. a.Cast<double>().Select(element => factor * element)], a.GetLength(0), a.GetLength(1));

        /// <summary>Of an upper triangle, column by column.</summary>
        private static double[,] Inverse(double[,] upper)
        {
            int size = upper.GetLength(0);
            double[,] inverse = new double[size, size];
            for (int column = 0; column < size; column++)
            {
                for (int i = size - 1; i >= 0; i--)
                {
                    double sum = i == column ? 1 : 0;
                    for (int k = i + 1; k < size; k++)
                        sum -= upper[i, k] * inverse[k, column];
                    inverse[i, column] = sum / upper[i, i];
                }
            }

            return inverse;
        }
    }
}
