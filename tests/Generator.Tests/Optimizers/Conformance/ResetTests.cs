namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>After a reset, an optimizer is as new, whatever its chain.</summary>
public class ResetTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(3, 5), (1, 19), (4, 1)];

    public static TheoryData<string> All => [.. Chains.All];

    [Theory]
    [MemberData(nameof(All))]
    public void An_optimizer_that_is_reset_goes_as_a_new_one(string chain)
    {
        CompiledOptimizer used = Chains.Create(chain, isDouble: true, s_shapes), fresh = Chains.Create(chain, isDouble: true, s_shapes);
        Random random = new(1);
        double[] w = RuleTable.Numbers(random, used.ParameterCount), v = RuleTable.Numbers(random, w.Length);
        for (int step = 0; step < 7; step++)
            used.Step<double>(w, RuleTable.Numbers(random, w.Length));
        used.Reset();
        Assert.Equal(0, used.StepCount);
        Assert.Equal(fresh.Save(), used.Save());

        v.CopyTo(w, 0);
        for (int step = 0; step < 7; step++)
        {
            double[] gradients = RuleTable.Numbers(random, w.Length);
            used.Step<double>(w, gradients);
            fresh.Step<double>(v, gradients);
            Assert.Equal(v, w);
        }
    }
}
