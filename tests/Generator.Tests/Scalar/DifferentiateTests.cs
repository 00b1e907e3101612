using OptGen.Generator.Scalar;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Scalar;

public sealed class DifferentiateTests
{
    [Fact]
    public void Derivatives_of_random_functions_match_finite_differences()
    {
        Random random = new(2);
        int compared = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            ScalarFunction function = new RandomScalar(seed, ScalarOp.DivideEstimate, ScalarOp.DivideByNormal, ScalarOp.FlushSubnormal).Build(simplified: true);
            double[] inputs = [.. Enumerable.Range(0, RandomScalar.InputCount).Select(_ => (random.NextDouble() * 3) - 1.5)];
            for (int input = 0; input < RandomScalar.InputCount; input++)
            {
                ScalarFunction partial = Differentiate.Partial(function, input), viaOutput = Differentiate.InTermsOfOutput(function, input);
                ScalarVerifier.Verify(partial);
                ScalarVerifier.Verify(viaOutput);
                double coarse = Difference(function, inputs, input, 2e-6), fine = Difference(function, inputs, input, 1e-6);
                // Next to a kink, a jump or a pole the two differences disagree, and neither tells the derivative.
                if (!double.IsFinite(fine) || Math.Abs(coarse - fine) > 1e-6 * (1 + Math.Abs(fine)) || Math.Abs(fine) > 1e6)
                    continue;
                compared++;
                double derivative = ScalarInterpreter.Evaluate(partial, inputs)[0];
                Assert.True(Math.Abs(derivative - fine) <= 1e-4 * (1 + Math.Abs(fine)), $"seed {seed}, input {input}: {derivative}, not {fine}, for {ScalarPrinter.Print(function, ["x", "y", "z"])}");
                double output = ScalarInterpreter.Evaluate(function, inputs)[0];
                Assert.Equal(derivative, ScalarInterpreter.Evaluate(viaOutput, [.. inputs, output])[0], 1e-7 * (1 + Math.Abs(derivative)));
            }
        }

        Assert.True(compared > 4000, $"only {compared} derivatives were compared");
    }

    [Theory]
    [InlineData(ScalarOp.Tanh, "1 − y²")]
    [InlineData(ScalarOp.Sigmoid, "y·(1 − y)")]
    [InlineData(ScalarOp.Exp, "y")]
    [InlineData(ScalarOp.Sqrt, "0.5/y")]
    [InlineData(ScalarOp.Cbrt, "1/(3·y²)")]
    [InlineData(ScalarOp.Log, "1/x")]
    [InlineData(ScalarOp.Abs, "sign(x)")]
    [InlineData(ScalarOp.Floor, "0")]
    internal void The_output_stands_for_the_input_where_it_can(ScalarOp op, string expected)
    {
        ScalarBuilder s = new();
        ScalarFunction function = s.Build(1, s.Apply(op, s.Input(0)));
        Assert.Equal(expected, ScalarPrinter.Print(Differentiate.InTermsOfOutput(function, 0), ["x", "y"]));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.1, true)]
    [InlineData(-0.1, false)]
    public void A_rectifier_asks_the_sign_of_its_output(double slope, bool viaOutput)
    {
        ScalarBuilder s = new();
        int x = s.Input(0), zero = s.Constant(0);
        int leak = slope == 0 ? zero : s.Apply(ScalarOp.Multiply, s.Constant(slope), x);
        ScalarFunction[] forms =
        [
            s.Build(1, s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Less, zero, x), x, leak)),
            s.Build(1, s.Apply(ScalarOp.Select, s.Apply(ScalarOp.LessOrEqual, x, zero), leak, x)),
        ];
        foreach (ScalarFunction form in forms)
        {
            ScalarFunction derivative = Differentiate.InTermsOfOutput(form, 0);
            Assert.Equal(viaOutput ? [1] : [0], Differentiate.Reads(derivative));
            foreach (double at in new[] { -2.0, 0, 3 })
                Assert.Equal(at > 0 ? 1 : slope, ScalarInterpreter.Evaluate(derivative, at, ScalarInterpreter.Evaluate(form, at)[0])[0]);
        }
    }

    [Fact]
    public void The_maximum_with_zero_is_a_rectifier_too()
    {
        ScalarBuilder s = new();
        int zero = s.Constant(0), x = s.Input(0);
        ScalarFunction derivative = Differentiate.InTermsOfOutput(s.Build(1, s.Apply(ScalarOp.Max, zero, x)), 0);
        Assert.Equal("0 < y ? 1 : 0", ScalarPrinter.Print(derivative, ["x", "y"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void At_a_tie_two_variables_share_the_derivative_of_an_extremum(int input)
    {
        ScalarBuilder s = new();
        ScalarFunction derivative = Differentiate.Partial(s.Build(2, s.Apply(ScalarOp.Max, s.Input(0), s.Input(1))), input);
        Assert.Equal(0.5, ScalarInterpreter.Evaluate(derivative, 3, 3)[0]);
        Assert.Equal(input == 0 ? 1 : 0, ScalarInterpreter.Evaluate(derivative, 4, 3)[0]);
    }

    [Fact]
    public void A_zero_derivative_never_meets_an_infinity()
    {
        // d(x + exp(1000 y))/dx is 1 even where the exponential is infinite; a factor 0·∞ would make it NaN.
        ScalarBuilder s = new();
        int x = s.Input(0), y = s.Input(1);
        ScalarFunction function = s.Build(2, s.Apply(ScalarOp.Add, x, s.Apply(ScalarOp.Exp, s.Apply(ScalarOp.Multiply, y, s.Constant(1000)))));
        Assert.Equal(1, ScalarInterpreter.Evaluate(Differentiate.Partial(function, 0), 2, 5)[0]);
    }

    private static double Difference(ScalarFunction function, double[] inputs, int input, double step)
    {
        double[] above = [.. inputs], below = [.. inputs];
        above[input] += step;
        below[input] -= step;
        return (ScalarInterpreter.Evaluate(function, above)[0] - ScalarInterpreter.Evaluate(function, below)[0]) / (2 * step);
    }
}
