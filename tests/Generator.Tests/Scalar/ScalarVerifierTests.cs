using OptGen.Generator.Scalar;

namespace OptGen.Generator.Tests.Scalar;

public sealed class ScalarVerifierTests
{
    [Fact]
    public void A_function_that_a_builder_made_is_well_formed()
    {
        ScalarBuilder s = new();
        int x = s.Input(0), y = s.Input(1);
        ScalarVerifier.Verify(s.Build(2, s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Less, x, y), s.Apply(ScalarOp.Tanh, x), s.Apply(ScalarOp.FusedMultiplyAdd, x, y, x))));
    }

    [Fact]
    public void Each_broken_promise_is_found()
    {
        ScalarNode x = new(ScalarOp.Input, 0, -1, -1, 0), less = new(ScalarOp.Less, 0, 0, -1, 0);
        Fails("there is no input 0", 0, [x], 0);
        Fails("operand 1 is not an earlier value", 1, [x, new(ScalarOp.Add, 0, 1, -1, 0)], 1);
        Fails("operand 1 is not an earlier value", 1, [x, new(ScalarOp.Add, 0, -1, -1, 0)], 1);
        Fails("operand 1 is too many", 1, [x, new(ScalarOp.Negate, 0, 0, -1, 0)], 1);
        Fails("operand 0 must be a number", 1, [x, less, new(ScalarOp.Negate, 1, -1, -1, 0)], 2);
        Fails("operand 0 must be a truth value", 1, [x, new(ScalarOp.Select, 0, 0, 0, 0)], 1);
        Fails("operand 1 must be a number", 1, [x, less, new(ScalarOp.Select, 1, 1, 0, 0)], 2);
        Fails("operand 0 must be a truth value", 1, [x, new(ScalarOp.Not, 0, -1, -1, 0)], 1);
        Fails("only a constant has a number", 1, [x, new(ScalarOp.Negate, 0, -1, -1, 1)], 1);
        Fails("two scalar values are equal", 1, [x, x], 1);
        Fails("is no value", 1, [x], 1);
        Fails("is a truth value", 1, [x, less], 1);
    }

    private static void Fails(string reason, int inputs, ScalarNode[] nodes, int output)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => ScalarVerifier.Verify(new ScalarFunction(inputs, [.. nodes], [output])));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
