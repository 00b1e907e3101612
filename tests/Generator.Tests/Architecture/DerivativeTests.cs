using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Tests.Graph;

namespace OptGen.Generator.Tests.Architecture;

/// <summary>A primitive comes with both of its derivatives.</summary>
public class DerivativeTests
{
    [Fact]
    public void Every_primitive_has_its_derivatives_in_the_table()
    {
        string[] missing = [.. PrimitiveCase.Primitives.Except(DerivativeRules.All.Keys).Select(type => $"{type.Name} has no entry in {nameof(DerivativeRules)}.")];
        Assert.True(missing.Length == 0, string.Join("\n", missing));
        Assert.Equal(PrimitiveCase.Primitives.Count(), DerivativeRules.All.Count);
    }

    [Fact]
    public void Only_what_reads_no_tensor_and_a_stop_count_as_constant()
    {
        Type[] constants = [typeof(SourceOp), typeof(IotaOp), typeof(RandomOp), typeof(StopGradientOp)];
        Assert.Equal(constants, DerivativeRules.All.Where(rule => rule.Value == DerivativeRule.OfConstants).Select(rule => rule.Key));
    }

    [Fact]
    public void A_primitive_without_derivatives_says_so() =>
        Assert.Contains("NewOp has no derivative", Assert.Throws<InvalidOperationException>(() => DerivativeRules.For(new NewOp())).Message, StringComparison.Ordinal);

    private sealed record NewOp : GraphOp;
}
