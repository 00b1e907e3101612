using OptGen.Generator.Tests.Optimizers.Conformance;
using static OptGen.Generator.Tests.Optimizers.Relations.Matrices;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>
/// Soap against plain loops. Eigenvectors have signs, which no step sees, and where eigenvalues are equal they are free, so the loops take the bases that the optimizer keeps, and hold these to what they are
/// defined by.
/// </summary>
public class SoapTests
{
    private const string Rule = "Soap(MaxSize = 6)";
    private const int Every = 2;

    private static readonly CompiledSet s_set = new([Rule]);

    private static readonly MatrixShape[] s_shapes = [(4, 6), (5, 5), (3, 9), (7, 7), (1, 5), (6, 2)];

    [Fact]
    public void A_step_is_one_of_AdamW_in_the_bases()
    {
        CompiledOptimizer optimizer = s_set.Create(Rule, isDouble: true, s_shapes);
        (optimizer["LearningRate"], optimizer["Beta1"], optimizer["Beta2"], optimizer["FactorBeta"], optimizer["WeightDecay"], optimizer["Every"]) = (0.05, 0.8, 0.9, 0.7, 0.1, Every);
        Random random = new(8);
        int count = s_shapes.Sum(shape => shape.Rows * shape.Columns);
        double[] w = RuleTable.Numbers(random, count), expected = [.. w];
        Reference[] references = [.. s_shapes.Select(shape => new Reference(shape.Rows, shape.Columns))];
        for (int t = 1; t <= 11; t++)
        {
            double[] g = RuleTable.Numbers(random, count);
            optimizer.Step<double>(w, g);
            int offset = 0, left = 0, right = 0;
            foreach (Reference reference in references)
            {
                double[,]? ofRows = Basis("LeftBasis", reference.Rows, reference.HasLeft, ref left), ofColumns = Basis("RightBasis", reference.Columns, reference.HasRight, ref right);
                reference.Step(t, expected.AsSpan(offset, reference.Count), Matrix(g.AsSpan(offset, reference.Count), reference.Rows, reference.Columns), ofRows, ofColumns);
                offset += reference.Count;
            }

            Assert.Equal(optimizer.Memory<double>("LeftBasis").Length, left);
            Assert.Equal(optimizer.Memory<double>("RightBasis").Length, right);
            Assert.All(expected.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
        }

        double[,]? Basis(string state, int size, bool exists, ref int place)
        {
            if (!exists)
                return null;
            place += size * size;
            return Matrix(optimizer.Memory<double>(state).Slice(place - (size * size), size * size), size, size);
        }
    }

    private sealed class Reference(int rows, int columns)
    {
        private readonly double[,] _m = new double[rows, columns], _v = new double[rows, columns];
        private readonly double[,] _left = new double[rows, rows], _right = new double[columns, columns];
        private double[,]? _leftBasis, _rightBasis;

        public int Rows => rows;

        public int Columns => columns;

        public int Count => rows * columns;

        public bool HasLeft => rows is > 1 and <= 6 && columns > 1;

        public bool HasRight => columns is > 1 and <= 6 && rows > 1;

        public void Step(int t, Span<double> w, double[,] g, double[,]? leftBasis, double[,]? rightBasis)
        {
            bool isMatrix = HasLeft || HasRight;
            if (t > 1)
            {
                bool moves = t > 2 && (t - 2) % Every == 0;
                CheckBasis(_left, _leftBasis, leftBasis, moves);
                CheckBasis(_right, _rightBasis, rightBasis, moves);
            }

            Learn(_left, Product(g, Transpose(g)));
            Learn(_right, Product(Transpose(g), g));
            (_leftBasis, _rightBasis) = (leftBasis, rightBasis);
            if (isMatrix && t == 1)
            {
                CheckEigenvectors(_left, leftBasis);
                CheckEigenvectors(_right, rightBasis);
                return;
            }

            int count = isMatrix ? t - 1 : t;
            double[,] turned = Turn(g, isBack: false);
            Each((r, c) => _m[r, c] = (0.8 * _m[r, c]) + (0.2 * g[r, c]));
            Each((r, c) => _v[r, c] = (0.9 * _v[r, c]) + (0.1 * turned[r, c] * turned[r, c]));
            double[,] step = Turn(_m, isBack: false);
            Each((r, c) => step[r, c] = step[r, c] / (1 - Math.Pow(0.8, count)) / (Math.Sqrt(_v[r, c] / (1 - Math.Pow(0.9, count))) + 1e-8));
            step = Turn(step, isBack: true);
            for (int i = 0; i < w.Length; i++)
                w[i] -= 0.05 * (step[i / columns, i % columns] + (0.1 * w[i]));
        }

        private void Each(Action<int, int> change)
        {
            for (int i = 0; i < Count; i++)
                change(i / columns, i % columns);
        }

        private double[,] Turn(double[,] x, bool isBack)
        {
            double[,] turned = (double[,])x.Clone();
            if (_leftBasis is not null)
                turned = Product(isBack ? _leftBasis : Transpose(_leftBasis), turned);
            return _rightBasis is null ? turned : Product(turned, isBack ? Transpose(_rightBasis) : _rightBasis);
        }

        private static void Learn(double[,] factor, double[,] products)
        {
            for (int i = 0; i < factor.Length; i++)
            {
                int a = i / factor.GetLength(0), b = i % factor.GetLength(0);
                factor[a, b] = (0.7 * factor[a, b]) + (0.3 * products[a, b]);
            }
        }

        private static void CheckEigenvectors(double[,] factor, double[,]? basis)
        {
            if (basis is null)
                return;
            CheckOrthonormal(basis);
            double[,] diagonal = Product(Transpose(basis), Product(factor, basis));
            for (int i = 0; i < factor.GetLength(0); i++)
            {
                for (int j = 0; j < factor.GetLength(0); j++)
                    Assert.True(i == j || Math.Abs(diagonal[i, j]) < 1e-13);
                Assert.True(i == 0 || diagonal[i, i] <= diagonal[i - 1, i - 1] + 1e-13);
            }
        }

        /// <summary>One step of orthogonal iteration: in the new basis, what the factor makes of the old one is an upper triangle.</summary>
        private static void CheckBasis(double[,] factor, double[,]? old, double[,]? basis, bool moves)
        {
            if (basis is null || old is null)
                return;
            if (!moves)
            {
                Assert.Equal(old, basis);
                return;
            }

            Assert.NotEqual(old, basis);
            CheckOrthonormal(basis);
            double[,] shifted = (double[,])factor.Clone();
            double norm = Math.Sqrt(factor.Cast<double>().Sum(x => x * x));
            for (int i = 0; i < factor.GetLength(0); i++)
                shifted[i, i] += norm / 1000;
            double[,] triangle = Product(Transpose(basis), Product(shifted, old));
            for (int i = 0; i < factor.GetLength(0); i++)
            {
                for (int j = 0; j < i; j++)
                    Assert.Equal(0, triangle[i, j], 1e-13);
            }
        }

        private static void CheckOrthonormal(double[,] basis)
        {
            double[,] identity = Product(Transpose(basis), basis);
            for (int i = 0; i < basis.GetLength(0); i++)
            {
                for (int j = 0; j < basis.GetLength(0); j++)
                    Assert.Equal(i == j ? 1 : 0, identity[i, j], 1e-13);
            }
        }
    }
}
