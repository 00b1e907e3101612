using OptGen.Generator.Tests.Harness;
using OptGen.Kernels;

namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>However an update is divided, among lanes, threads or lengths, it is the same update.</summary>
[Collection(RuntimeSettings.Name)]
public class PartitionTests
{
    public static TheoryData<string> All => [.. Chains.All];

    public static TheoryData<string> ByRows => [.. Chains.All.Where(GoesByRows)];

    public static TheoryData<string> Rules => [.. RuleTable.All];

    public static TheoryData<string> ElementwiseRules => [.. RuleTable.All.Where(RuleTable.IsElementwise)];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_vector_width_gives_the_same_bits_but_for_sums(string chain)
    {
        bool reduces = Spec(chain).Reductions.Count > 0;
        int widest = OptGenRuntime.VectorBits;
        try
        {
            foreach (bool isDouble in new[] { true, false })
            {
                OptGenRuntime.VectorBits = 0;
                double[] scalar = Run(chain, isDouble, 8, (7, 11), (1, 37), (1, 1));
                foreach (int bits in new[] { 128, 256, 512 })
                {
                    OptGenRuntime.VectorBits = bits;
                    double[] vectors = Run(chain, isDouble, 8, (7, 11), (1, 37), (1, 1));

                    // Lanes add up in another order.
                    double tolerance = !reduces ? 0 : isDouble ? 1e-13 : 1e-5;
                    Assert.All(scalar.Zip(vectors), pair => Assert.Equal(pair.First, pair.Second, tolerance));
                }
            }
        }
        finally
        {
            OptGenRuntime.VectorBits = widest;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Any_number_of_threads_gives_the_same_bits(string chain)
    {
        int threads = OptGenRuntime.MaxThreads;
        try
        {
            foreach (bool isDouble in new[] { true, false })
            {
                OptGenRuntime.MaxThreads = 1;
                double[] alone = Run(chain, isDouble, 2, (1, 70_001), (40, 1_651));
                foreach (int count in new[] { 2, 4 })
                {
                    OptGenRuntime.MaxThreads = count;
                    Assert.True(alone.AsSpan().SequenceEqual(Run(chain, isDouble, 2, (1, 70_001), (40, 1_651))), $"{count} threads");
                }
            }
        }
        finally
        {
            OptGenRuntime.MaxThreads = threads;
        }
    }

    /// <summary>Matrices of one tile and of many, with one block of columns and with several, of which those of more axes are the product.</summary>
    [Theory]
    [MemberData(nameof(ByRows))]
    public void A_matrix_of_any_shape_has_the_same_bits_on_any_number_of_threads(string chain)
    {
        (int, int)[] shapes = [(1, 1), (1, 7), (7, 1), (33, 130), (1_000, 3), (3, 1_000), (257, 513), (2 * 3, 4), (2 * 3 * 4, 5), (2, 40_001), (30_000, 3)];
        int threads = OptGenRuntime.MaxThreads;
        try
        {
            OptGenRuntime.MaxThreads = 1;
            double[] alone = Run(chain, isDouble: false, 2, shapes);
            foreach (int count in new[] { 2, 4 })
            {
                OptGenRuntime.MaxThreads = count;
                Assert.True(alone.AsSpan().SequenceEqual(Run(chain, isDouble: false, 2, shapes)), $"{count} threads");
            }
        }
        finally
        {
            OptGenRuntime.MaxThreads = threads;
        }
    }

    /// <summary>Two bands of rows, and three blocks of columns: what they join is what the rule says of whole rows and columns.</summary>
    [Theory]
    [MemberData(nameof(ByRows))]
    public void A_matrix_of_several_tiles_is_updated_as_its_definition_says(string chain)
    {
        (int Rows, int Columns)[] shapes = [(64, 513), (1, 17_001)];
        Assert.Equal([2, 3], shapes.Select(shape => new RowTiles(shape.Rows, shape.Columns).Count));
        double[] compiled = Run(chain, isDouble: true, 2, shapes);
        Random random = new(3);
        double[] initial = new double[compiled.Length], gradients = new double[compiled.Length];
        for (int i = 0; i < initial.Length; i++)
            (initial[i], gradients[i]) = ((2 * random.NextDouble()) - 1, random.NextDouble() - 0.5);
        RuleRunner definition = new(OptimizerSource.ReadValid($"[Optimizer(Precision = Precision.Double), {chain}] public partial class O;", "O"), initial, shapes);
        definition.Step(gradients);
        definition.Step([.. gradients.Reverse()]);
        for (int i = 0; i < compiled.Length; i++)
            Assert.Equal(definition.Parameters[i], compiled[i], 1e-11 * Math.Max(1, Math.Abs(compiled[i])));
    }

    /// <summary>What happens to a tensor is a matter of that tensor.</summary>
    [Theory]
    [MemberData(nameof(ByRows))]
    public void A_matrix_is_updated_as_if_it_were_alone(string chain)
    {
        if (Spec(chain).Reductions.Any(reduction => reduction.Over == Generator.Specs.Extent.Everything) || Spec(chain).Streams > 0)
            return;
        double[] together = Run(chain, isDouble: false, 2, (33, 130), (3, 20_000), (33, 130));
        CompiledOptimizer optimizer = Chains.Create(chain, false, (3, 20_000));
        Random random = new(3);
        double[] all = new double[together.Length], gradients = new double[together.Length];
        for (int i = 0; i < all.Length; i++)
            (all[i], gradients[i]) = ((2 * random.NextDouble()) - 1, random.NextDouble() - 0.5);
        float[] own = Array.ConvertAll(all[4_290..64_290], number => (float)number);
        for (int step = 0; step < 2; step++)
        {
            optimizer.Step<float>(own, Array.ConvertAll(gradients[4_290..64_290], g => (float)g));
            Array.Reverse(gradients);
        }

        Assert.Equal(together[4_290..64_290], Array.ConvertAll(own, number => (double)number));
    }

    /// <summary>Lengths around those of vectors and of the blocks of sums.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Any_length_is_updated_whole_and_nothing_beyond_it(string rule)
    {
        foreach (int length in new[] { 0, 1, 7, 15, 16, 17, 8_191, 8_193 })
        {
            CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: false, (1, length)), exact = RuleTable.Create(rule, isDouble: true, (1, length));
            Random random = new(length);
            double[] w = [.. RuleTable.Numbers(random, length).Select(number => (double)(float)number)];
            float[] around = [.. Enumerable.Repeat(7.5f, 20), .. w.Select(number => (float)number), .. Enumerable.Repeat(-7.5f, 20)];
            double[] start = [.. w];
            for (int step = 0; step < 3; step++)
            {
                double[] gradients = [.. RuleTable.Numbers(random, length).Select(number => (double)(float)number)];
                optimizer.Step<float>(around.AsSpan(20, length), [.. gradients.Select(g => (float)g)]);
                exact.Step<double>(w, gradients);
            }

            Assert.Equal(3, optimizer.StepCount);
            Assert.All(around[..20], value => Assert.Equal(7.5f, value));
            Assert.All(around[^20..], value => Assert.Equal(-7.5f, value));
            for (int i = 0; i < length; i++)
            {
                Assert.NotEqual(start[i], w[i]);

                // Relative to parameters that a rule without a bound on its steps has thrown far out.
                Assert.Equal(w[i], around[20 + i], 1e-5 * Math.Max(1, Math.Abs(w[i])));
            }
        }
    }

    [Theory]
    [MemberData(nameof(ElementwiseRules))]
    public void What_an_element_becomes_does_not_depend_on_how_many_there_are(string rule)
    {
        float[] gradients = [.. RuleTable.Numbers(new Random(1), 8_193).Select(g => (float)g)];
        float[] Updated(int length)
        {
            CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: false, (1, length));
            float[] w = [.. gradients[..length].Select(g => 1 - g)];
            for (int step = 0; step < 3; step++)
                optimizer.Step<float>(w, gradients.AsSpan(0, length));
            return w;
        }

        float[] all = Updated(8_193);
        foreach (int length in new[] { 1, 7, 15, 16, 17, 8_191 })
            Assert.Equal(all[..length], Updated(length));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Tensors_without_elements_change_nothing(string rule)
    {
        CompiledOptimizer with = RuleTable.Create(rule, isDouble: true, (0, 3), (2, 5), (1, 0), (4, 2), (0, 0)), without = RuleTable.Create(rule, isDouble: true, (2, 5), (4, 2));
        CompiledOptimizer none = RuleTable.Create(rule, isDouble: true);
        Random random = new(6);
        double[] w = RuleTable.Numbers(random, 18), v = [.. w];
        for (int step = 0; step < 4; step++)
        {
            double[] gradients = RuleTable.Numbers(random, 18);
            with.Step<double>(w, gradients);
            without.Step<double>(v, gradients);
            none.Step<double>([], []);
            Assert.Equal(v, w);
        }

        Assert.Equal(4, none.StepCount);
    }

    private static Generator.Specs.OptimizerSpec Spec(string chain) => OptimizerSource.ReadValid($"[Optimizer, {chain}] public partial class O;", "O");

    private static bool GoesByRows(string chain) =>
        Spec(chain) is { } spec && (spec.Stages.Any(stage => stage.Body.Inputs.Any(input => input.Kind == Generator.Specs.UpdateInputKind.Random)) || spec.Reductions.Any(reduction => reduction.Over is Generator.Specs.Extent.Row or Generator.Specs.Extent.Column));

    private static double[] Run(string chain, bool isDouble, int steps, params (int Rows, int Columns)[] shapes)
    {
        CompiledOptimizer optimizer = Chains.Create(chain, isDouble, shapes);
        Random random = new(3);
        double[] w = new double[optimizer.ParameterCount], gradients = new double[w.Length];
        for (int i = 0; i < w.Length; i++)
            (w[i], gradients[i]) = ((2 * random.NextDouble()) - 1, random.NextDouble() - 0.5);
        float[] single = Array.ConvertAll(w, number => (float)number);
        for (int step = 0; step < steps; step++)
        {
            if (isDouble)
                optimizer.Step<double>(w, gradients);
            else
                optimizer.Step<float>(single, Array.ConvertAll(gradients, g => (float)g));
            Array.Reverse(gradients);
        }

        return isDouble ? w : Array.ConvertAll(single, number => (double)number);
    }
}
