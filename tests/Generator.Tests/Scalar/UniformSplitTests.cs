using OptGen.Generator.Scalar;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Scalar;

public sealed class UniformSplitTests
{
    [Fact]
    public void Host_and_element_together_are_the_function()
    {
        Random random = new(3);
        for (int seed = 0; seed < 2000; seed++)
        {
            ScalarFunction function = new RandomScalar(seed, ScalarOp.Floor).Build(simplified: true);
            int mask = random.Next(8);
            UniformSplit split = UniformSplit.Of(function, input => ((mask >> input) & 1) == 1);
            ScalarVerifier.Verify(split.Host);
            ScalarVerifier.Verify(split.Element);
            Assert.Equal(split.ElementInputs.Count + split.Host.Outputs.Count, split.Element.InputCount);
            double[] inputs = [.. Enumerable.Range(0, RandomScalar.InputCount).Select(_ => (random.NextDouble() * 4) - 2)];
            double[] uniforms = ScalarInterpreter.Evaluate(split.Host, [.. split.HostInputs.Select(input => inputs[input])]);
            double expected = ScalarInterpreter.Evaluate(function, inputs)[0];
            double actual = ScalarInterpreter.Evaluate(split.Element, [.. split.ElementInputs.Select(input => inputs[input]), .. uniforms])[0];
            bool same = expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-9 * (1 + Math.Abs(expected));
            Assert.True(same, $"seed {seed}: {expected} became {actual} in {ScalarPrinter.Print(function, ["x", "y", "z"])}");
            Assert.DoesNotContain(split.Host.Outputs, output => split.Host.Nodes[output].Op == ScalarOp.Constant);
        }
    }

    [Fact]
    public void Nothing_uniform_is_computed_for_each_element()
    {
        // w − rate·(1 − decay)·g / (1 − pow(beta, step))
        ScalarBuilder s = new();
        int w = s.Input(0), g = s.Input(1), rate = s.Input(2), decay = s.Input(3), beta = s.Input(4), step = s.Input(5), one = s.Constant(1);
        int scaled = s.Apply(ScalarOp.Multiply, s.Apply(ScalarOp.Multiply, rate, s.Apply(ScalarOp.Subtract, one, decay)), g);
        int corrected = s.Apply(ScalarOp.Divide, scaled, s.Apply(ScalarOp.Subtract, one, s.Apply(ScalarOp.Pow, beta, step)));
        UniformSplit split = UniformSplit.Of(s.Build(6, s.Apply(ScalarOp.Subtract, w, corrected)), input => input >= 2);
        Assert.Equal("w − g·u0·u1", ScalarPrinter.Print(split.Element, ["w", "g", "u0", "u1"]));
        Assert.Equal("rate·(1 − decay)", ScalarPrinter.Print(split.Host, ["rate", "decay", "beta", "step"]));
        Assert.Equal("1/(1 − pow(beta, step))", ScalarPrinter.Print(split.Host, ["rate", "decay", "beta", "step"], 1));
    }

    [Fact]
    public void A_uniform_condition_travels_as_a_number()
    {
        ScalarBuilder s = new();
        int x = s.Input(0), flag = s.Input(1), limit = s.Input(2);
        int condition = s.Apply(ScalarOp.And, s.Apply(ScalarOp.Less, s.Constant(0), flag), s.Apply(ScalarOp.Less, flag, limit));
        UniformSplit split = UniformSplit.Of(s.Build(3, s.Apply(ScalarOp.Select, condition, x, s.Apply(ScalarOp.Negate, x))), input => input > 0);
        Assert.Equal([1.0], ScalarInterpreter.Evaluate(split.Host, 1, 2));
        Assert.Equal([0.0], ScalarInterpreter.Evaluate(split.Host, 3, 2));
        Assert.Equal("0 < u ? x : −x", ScalarPrinter.Print(split.Element, ["x", "u"]));
    }
}
