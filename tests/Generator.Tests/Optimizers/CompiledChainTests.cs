using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Every rule and transform of the library, compiled, against its own scalar definition run stage by stage.</summary>
[Collection(nameof(RuntimeSettings))]
public class CompiledChainTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(5, 19), (1, 19), (17, 3), (1, 1)];

    public static TheoryData<string> All => [.. Chains.All];

    /// <summary>A matrix and a vector that are longer than the blocks in which a pass goes over them; the largest terms are not in the last block.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Numbers_that_are_reduced_come_from_all_of_a_long_tensor(string chain)
    {
        (int Rows, int Columns)[] shapes = [(2, 4_103), (1, 8_195)];
        OptimizerSpec spec = OptimizerSource.ReadValid($"[Optimizer(Precision = Precision.Double), {chain}] public partial class O;", "O");
        Random random = new(6);
        double[] Numbers() => [.. Enumerable.Range(0, (2 * 4_103) + 8_195).Select(i => ((random.NextDouble() * 2) - 1) * (i % 8_206 == 77 ? 5 : 1))];
        double[] initial = Numbers(), compiled = [.. initial];
        RuleRunner definition = new(spec, initial, shapes);
        CompiledOptimizer optimizer = Chains.Create(chain, isDouble: true, shapes);
        for (int step = 0; step < 3; step++)
        {
            double[] gradients = Numbers();
            definition.Step(gradients);
            optimizer.Step<double>(compiled, gradients);
        }

        for (int i = 0; i < compiled.Length; i++)
            Assert.Equal(definition.Parameters[i], compiled[i], 1e-11 * Math.Max(1, Math.Abs(compiled[i])));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_compiled_chain_in_double_precision_computes_what_its_definition_says(string chain)
    {
        OptimizerSpec spec = OptimizerSource.ReadValid($"[Optimizer(Precision = Precision.Double), {chain}] public partial class O;", "O");
        Random random = new(3);
        double[] initial = Numbers(random, 1), compiled = [.. initial];
        RuleRunner definition = new(spec, initial, s_shapes);
        CompiledOptimizer optimizer = Chains.Create(chain, isDouble: true, s_shapes);
        for (int step = 0; step < 12; step++)
        {
            double[] gradients = Numbers(random, step == 5 ? 0 : 0.5);
            definition.Step(gradients);
            optimizer.Step<double>(compiled, gradients);
            for (int i = 0; i < compiled.Length; i++)
                Assert.Equal(definition.Parameters[i], compiled[i], 1e-12 * Math.Max(1, Math.Abs(compiled[i])));
        }

        Assert.NotEqual(initial, compiled);
        foreach (StateSpec state in spec.States.Where(state => state is { Over: Extent.Element, IsScratch: false }))
        {
            double[] expected = definition.State(state.Name), actual = optimizer.State(state.Name);
            Assert.All(Enumerable.Range(0, expected.Length), i => Assert.Equal(expected[i], actual[i], 1e-12 * Math.Max(1, Math.Abs(expected[i]))));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void In_single_precision_it_is_the_same_within_rounding(string chain)
    {
        Random random = new(4);
        double[] exact = Numbers(random, 1);
        float[] single = [.. exact.Select(w => (float)w)];
        CompiledOptimizer floats = Chains.Create(chain, isDouble: false, s_shapes), doubles = Chains.Create(chain, isDouble: true, s_shapes);
        for (int step = 0; step < 12; step++)
        {
            double[] gradients = [.. Numbers(random, 0.5).Select(g => (double)(float)g)];
            floats.Step<float>(single, [.. gradients.Select(g => (float)g)]);
            doubles.Step<double>(exact, gradients);
        }

        for (int i = 0; i < exact.Length; i++)
            Assert.Equal(exact[i], single[i], 1e-5 * Math.Max(1, Math.Abs(exact[i])));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_step_allocates_nothing(string chain)
    {
        Random random = new(5);
        float[] parameters = [.. Numbers(random, 1).Select(w => (float)w)], gradients = [.. Numbers(random, 1).Select(g => (float)g)];
        CompiledOptimizer optimizer = Chains.Create(chain, isDouble: false, s_shapes);
        for (int warm = 0; warm < 4; warm++)
            optimizer.Step<float>(parameters, gradients);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 4; i++)
            optimizer.Step<float>(parameters, gradients);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static double[] Numbers(Random random, double size) => RuleTable.Numbers(random, s_shapes.Sum(shape => shape.Rows * shape.Columns), size);
}
