using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>
/// GaLore against plain loops. Singular vectors have signs, and the loops take the directions that the optimizer keeps, and hold these to what they are defined by.
/// </summary>
public class GaLoreTests
{
    private const string Rule = "GaLore(Rank = 3, WeightDecay = 0.1f)";
    private const int Rank = 3, Every = 4;

    private static readonly CompiledSet s_set = new([Rule], hasFloats: true);

    /// <summary>Matrices of each orientation, one with so many rows that the search is not exact, and what is not projected: a short axis, and vectors.</summary>
    private static readonly MatrixShape[] s_shapes = [(4, 6), (7, 5), (20, 24), (3, 9), (8, 2), (1, 5), (6, 1), (1, 1)];

    [Fact]
    public void A_step_is_one_of_Adam_in_the_directions()
    {
        CompiledOptimizer optimizer = s_set.Create(Rule, isDouble: true, s_shapes), single = s_set.Create(Rule, isDouble: false, s_shapes);
        foreach (CompiledOptimizer one in new[] { optimizer, single })
            (one["LearningRate"], one["Beta1"], one["Beta2"], one["Epsilon"], one["Scale"], one["Every"]) = (0.05, 0.8, 0.9, 1e-3, 0.5, Every);
        Random random = new(8);
        int count = s_shapes.Sum(shape => shape.Rows * shape.Columns);
        double[] w = RuleTable.Numbers(random, count), expected = [.. w];
        float[] narrow = [.. w.Select(value => (float)value)];
        Reference[] references = [.. s_shapes.Select(shape => new Reference(shape.Rows, shape.Columns))];
        for (int t = 1; t <= 10; t++)
        {
            // Gradients with something in common, as theirs are of whom the rule is for.
            double[] common = RuleTable.Numbers(new Random(3), count, size: 2), g = [.. RuleTable.Numbers(random, count).Zip(common, (own, shared) => own + shared)];
            optimizer.Step<double>(w, g);
            single.Step<float>(narrow, [.. g.Select(value => (float)value)]);
            int offset = 0, place = 0;
            double[] directions = optimizer.Memory<double>("Directions").ToArray();
            foreach (Reference reference in references)
            {
                double[] own = directions[place..(place + reference.DirectionCount)];
                place += own.Length;
                reference.Step(t, expected.AsSpan(offset, reference.Count), g.AsSpan(offset, reference.Count), own);
                offset += reference.Count;
            }

            Assert.Equal(directions.Length, place);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(expected[i], w[i], 1e-10);
                Assert.Equal(expected[i], narrow[i], 2e-3);
            }
        }

        Assert.Equal(references.Sum(reference => reference.MomentCount), optimizer.Memory<double>("M").Length);
        Assert.Equal(references.Sum(reference => reference.MomentCount), optimizer.Memory<double>("V").Length);
        Assert.Equal(3 * (4 + 5 + 20), optimizer.Memory<double>("Directions").Length);
    }

    private sealed class Reference(int rows, int columns)
    {
        private readonly int _shorter = Math.Min(rows, columns), _longer = Math.Max(rows, columns);
        private double[] _directions = [], _m = [], _v = [];

        public int Count => rows * columns;

        private bool IsProjected => _shorter > Rank;

        public int DirectionCount => IsProjected ? Rank * _shorter : 0;

        public int MomentCount => IsProjected ? Rank * _longer : Count;

        public void Step(int t, Span<double> w, ReadOnlySpan<double> g, double[] directions)
        {
            double[] gradient = g.ToArray();
            double At(int shorter, int longer) => gradient[rows <= columns ? (shorter * columns) + longer : (longer * columns) + shorter];
            if (t == 1)
                (_m, _v) = (new double[MomentCount], new double[MomentCount]);
            if ((t - 1) % Every == 0)
                CheckDirections(At, directions);
            else
                Assert.Equal(_directions, directions);
            _directions = directions;

            double[] projected = !IsProjected ? gradient
                : [.. Enumerable.Range(0, MomentCount).Select(i => Enumerable.Range(0, _shorter).Sum(k => directions[(i / _longer * _shorter) + k] * At(k, i % _longer)))];
            double[] step = new double[MomentCount];
            for (int i = 0; i < step.Length; i++)
            {
                _m[i] = (0.8 * _m[i]) + (0.2 * projected[i]);
                _v[i] = (0.9 * _v[i]) + (0.1 * projected[i] * projected[i]);
                step[i] = _m[i] / (1 - Math.Pow(0.8, t)) / (Math.Sqrt(_v[i] / (1 - Math.Pow(0.9, t))) + 1e-3);
            }

            for (int i = 0; i < w.Length; i++)
            {
                int row = i / columns, column = i % columns, shorter = rows <= columns ? row : column, longer = rows <= columns ? column : row;
                double whole = IsProjected ? 0.5 * Enumerable.Range(0, Rank).Sum(k => directions[(k * _shorter) + shorter] * step[(k * _longer) + longer]) : step[i];
                w[i] = (w[i] * (1 - (0.05 * 0.1))) - (0.05 * whole);
            }
        }

        /// <summary>Orthonormal, each an eigenvector of GGᵀ, and no other direction larger than the least of them.</summary>
        private void CheckDirections(Func<int, int, double> g, double[] directions)
        {
            if (!IsProjected)
                return;
            double[] values = new double[Rank];

            // With three and eight rows a search finds what there is.
            double tolerance = _shorter <= Rank + 8 ? 1e-11 : 0.05;
            double[,] gram = new double[_shorter, _shorter];
            for (int i = 0; i < gram.Length; i++)
                gram[i / _shorter, i % _shorter] = Enumerable.Range(0, _longer).Sum(k => g(i / _shorter, k) * g(i % _shorter, k));
            double trace = Enumerable.Range(0, _shorter).Sum(i => gram[i, i]);
            for (int a = 0; a < Rank; a++)
            {
                for (int b = 0; b <= a; b++)
                    Assert.Equal(a == b ? 1 : 0, Enumerable.Range(0, _shorter).Sum(i => directions[(a * _shorter) + i] * directions[(b * _shorter) + i]), 1e-12);
                double[] product = [.. Enumerable.Range(0, _shorter).Select(i => Enumerable.Range(0, _shorter).Sum(k => gram[i, k] * directions[(a * _shorter) + k]))];
                values[a] = Enumerable.Range(0, _shorter).Sum(i => product[i] * directions[(a * _shorter) + i]);
                for (int i = 0; i < _shorter; i++)
                    Assert.Equal(values[a] * directions[(a * _shorter) + i], product[i], tolerance * values[a]);
                Assert.True(a == 0 || values[a] <= values[a - 1]);
            }

            // What is left has no eigenvalue above the least: a power iteration finds its largest.
            double[] left = RuleTable.Numbers(new Random(1), _shorter);
            double largest = 0;
            for (int turn = 0; turn < 200; turn++)
            {
                for (int a = 0; a < Rank; a++)
                {
                    double along = Enumerable.Range(0, _shorter).Sum(i => left[i] * directions[(a * _shorter) + i]);
                    for (int i = 0; i < _shorter; i++)
                        left[i] -= along * directions[(a * _shorter) + i];
                }

                double length = Math.Sqrt(left.Sum(x => x * x));
                left = [.. left.Select(x => x / length)];
                double[] next = [.. Enumerable.Range(0, _shorter).Select(i => Enumerable.Range(0, _shorter).Sum(k => gram[i, k] * left[k]))];
                largest = next.Zip(left, (x, y) => x * y).Sum();
                left = next;
            }

            Assert.True(largest <= values[^1] * (1 + tolerance), $"{largest} > {values[^1]} of {trace}");
        }
    }
}
