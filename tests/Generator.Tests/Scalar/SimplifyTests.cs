using OptGen.Generator.Scalar;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Scalar;

public sealed class SimplifyTests
{
    private static readonly double[] s_special = [0, 1, -1, 0.7, -2.5, 1e300, -1e-300, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Fact]
    public void Simplified_functions_give_the_same_numbers()
    {
        Random random = new(1);
        int shorter = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            // The sign of a zero or a NaN may change, and only copysign would tell.
            RandomScalar scalar = new(seed, ScalarOp.CopySign);
            ScalarFunction plain = scalar.Build(simplified: false), simple = scalar.Build(simplified: true);
            ScalarVerifier.Verify(plain);
            ScalarVerifier.Verify(simple);
            shorter += simple.Nodes.Count < plain.Nodes.Count ? 1 : 0;
            for (int trial = 0; trial < 25; trial++)
            {
                double[] inputs = [.. Enumerable.Range(0, RandomScalar.InputCount).Select(_ => random.Next(3) == 0 ? s_special[random.Next(s_special.Length)] : (random.NextDouble() * 6) - 3)];
                double expected = ScalarInterpreter.Evaluate(plain, inputs)[0], actual = ScalarInterpreter.Evaluate(simple, inputs)[0];
                bool same = expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-9 * Math.Abs(expected) || DependsOnRounding(plain, inputs);
                Assert.True(same, $"seed {seed} at ({string.Join(", ", inputs)}): {expected} became {actual} in {ScalarPrinter.Print(simple, ["x", "y", "z"])}, from {ScalarPrinter.Print(plain, ["x", "y", "z"])}");
            }
        }

        Assert.True(shorter > 300, $"only {shorter} functions became shorter");
    }

    [Theory]
    [InlineData(ScalarOp.Add, 0, "x")]
    [InlineData(ScalarOp.Subtract, 0, "x")]
    [InlineData(ScalarOp.Multiply, 1, "x")]
    [InlineData(ScalarOp.Multiply, -1, "−x")]
    [InlineData(ScalarOp.Multiply, 0, "0·x")]
    [InlineData(ScalarOp.Divide, 1, "x")]
    [InlineData(ScalarOp.Divide, 4, "0.25·x")]
    [InlineData(ScalarOp.Divide, 3, "x/3")]
    [InlineData(ScalarOp.Pow, 2, "x²")]
    [InlineData(ScalarOp.Pow, 1, "x")]
    [InlineData(ScalarOp.Pow, 0, "1")]
    [InlineData(ScalarOp.CopySign, -3, "−abs(x)")]
    internal void Constants_on_the_right_disappear_where_nothing_is_lost(ScalarOp op, double constant, string expected)
    {
        ScalarBuilder s = new();
        int x = s.Input(0);
        Assert.Equal(expected, ScalarPrinter.Print(s.Build(1, s.Apply(op, x, s.Constant(constant))), ["x"]));
    }

    [Fact]
    public void Equal_values_are_one_value_in_any_order_of_operands()
    {
        ScalarBuilder s = new();
        int x = s.Input(0), y = s.Input(1);
        foreach (ScalarOp op in new[] { ScalarOp.Add, ScalarOp.Multiply, ScalarOp.Min, ScalarOp.Max, ScalarOp.Equal })
            Assert.Equal(s.Apply(op, x, y), s.Apply(op, y, x));
        Assert.NotEqual(s.Apply(ScalarOp.Subtract, x, y), s.Apply(ScalarOp.Subtract, y, x));
        Assert.NotEqual(s.Constant(0), s.Constant(-0.0));
        Assert.Equal(s.Constant(double.NaN), s.Constant(double.NaN));
    }

    [Fact]
    public void Known_conditions_choose_their_branch()
    {
        ScalarBuilder s = new();
        int x = s.Input(0), y = s.Input(1), one = s.Constant(1), two = s.Constant(2);
        int yes = s.Apply(ScalarOp.Less, one, two), no = s.Apply(ScalarOp.Equal, one, two), open = s.Apply(ScalarOp.Less, x, y);
        Assert.Equal(x, s.Apply(ScalarOp.Select, yes, x, y));
        Assert.Equal(y, s.Apply(ScalarOp.Select, no, x, y));
        Assert.Equal(y, s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Not, yes), x, y));
        Assert.Equal(open, s.Apply(ScalarOp.And, yes, open));
        Assert.Equal(no, s.Apply(ScalarOp.And, open, no));
        Assert.Equal(yes, s.Apply(ScalarOp.Or, open, yes));
        Assert.Equal(s.Apply(ScalarOp.Select, open, y, x), s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Not, open), x, y));
        Assert.Equal(x, s.Apply(ScalarOp.Select, open, x, x));
    }

    [Fact]
    public void Formulas_read_as_they_are_written()
    {
        ScalarBuilder s = new();
        int x = s.Input(0), w = s.Input(1), b = s.Input(2), zero = s.Constant(0);
        int affine = s.Apply(ScalarOp.Add, s.Apply(ScalarOp.Multiply, x, w), b);
        int relu = s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Less, zero, affine), affine, zero);
        int nested = s.Apply(ScalarOp.Subtract, x, s.Apply(ScalarOp.Subtract, w, b));
        int fraction = s.Apply(ScalarOp.Divide, affine, s.Apply(ScalarOp.Multiply, b, s.Apply(ScalarOp.Sqrt, x)));
        int difference = s.Apply(ScalarOp.Add, s.Apply(ScalarOp.Subtract, x, w), b);
        ScalarFunction function = s.Build(3, relu, nested, fraction, difference);
        string[] names = ["x", "w", "b"];
        Assert.Equal("relu(b + x·w)", ScalarPrinter.Print(function, names));
        Assert.Equal("x − (w − b)", ScalarPrinter.Print(function, names, 1));
        Assert.Equal("(b + x·w)/(b·√(x))", ScalarPrinter.Print(function, names, 2));
        Assert.Equal("b + x − w", ScalarPrinter.Print(function, names, 3));
    }

    /// <summary>True when a step, a comparison or a cancellation makes the value jump within rounding of the inputs: then nothing can be said about it.</summary>
    private static bool DependsOnRounding(ScalarFunction function, double[] inputs)
    {
        double at = ScalarInterpreter.Evaluate(function, inputs)[0];
        foreach (double factor in new[] { 1 - 1e-13, 1 + 1e-13 })
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                double[] moved = [.. inputs];
                moved[i] *= factor;
                double there = ScalarInterpreter.Evaluate(function, moved)[0];
                if (double.IsNaN(at) != double.IsNaN(there) || Math.Abs(at - there) > 1e-10 * Math.Abs(at))
                    return true;
            }
        }

        return false;
    }
}
