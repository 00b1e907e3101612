using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Backends;

public sealed class SoftwarePipelineTests
{
    [Fact]
    public void All_stages_together_give_the_same_bits_as_the_body()
    {
        Random random = new(1);
        int pipelines = 0, three = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            ScalarFunction body = WithChain(seed);
            if (SoftwarePipeline.Of(InPlace(body), Name) is not { } pipeline)
                continue;
            pipelines++;
            Stage[] stages = [.. pipeline.Stages];
            three += stages.Length == 3 ? 1 : 0;
            Assert.Equal(InPlace(body).Sinks, stages.SelectMany(stage => stage.Sinks).OrderBy(sink => ((StoreSink)sink).Tensor));
            for (int trial = 0; trial < 10; trial++)
            {
                double[] inputs = [.. Enumerable.Range(0, RandomScalar.InputCount).Select(_ => (random.NextDouble() * 6) - 3)];
                Dictionary<Sink, double> values = Run(stages, inputs);
                Assert.Equal(ScalarInterpreter.Evaluate(body, inputs), InPlace(body).Sinks.Select(sink => values[sink]));
            }
        }

        Assert.True(three > 50 && three < pipelines - 20, $"{three} pipelines of {pipelines} have three stages");
        Assert.True(pipelines > 150, $"only {pipelines} functions of 400 became pipelines");
    }

    [Fact]
    public void The_end_reads_what_the_beginning_has_not_overwritten()
    {
        // A root is stored where m was; the end needs the m of before.
        ScalarBuilder builder = new();
        int m = builder.Input(0), root = builder.Apply(ScalarOp.Sqrt, builder.Input(1));
        ScalarFunction body = builder.Build(RandomScalar.InputCount, root, builder.Apply(ScalarOp.Divide, m, root));
        SoftwarePipeline pipeline = SoftwarePipeline.Of(InPlace(body), Name)!;
        Stage[] stages = [.. pipeline.Stages];
        Assert.Equal([Store(0)], stages[0].Sinks);
        Assert.Equal([3, 4], stages[1].Body.Nodes.Where(node => node.Op == ScalarOp.Input).Select(node => node.A).Order());
    }

    [Fact]
    public void A_short_body_stays_whole()
    {
        ScalarBuilder builder = new();
        int x = builder.Input(0), y = builder.Input(1);
        int quotient = builder.Apply(ScalarOp.Divide, x, y), root = builder.Apply(ScalarOp.Sqrt, y);
        Assert.Null(SoftwarePipeline.Of(InPlace(builder.Build(RandomScalar.InputCount, quotient, root)), Name));
    }

    [Fact]
    public void A_chain_behind_a_quotient_is_cut_near_its_middle()
    {
        // Bounds that are ready long before the quotient wait for it, instead of being carried.
        ScalarBuilder builder = new();
        int x = builder.Input(0), y = builder.Input(1), bound = builder.Apply(ScalarOp.Abs, y);
        int quotient = builder.Apply(ScalarOp.Divide, x, y);
        int bounded = builder.Apply(ScalarOp.Min, bound, builder.Apply(ScalarOp.Max, quotient, builder.Apply(ScalarOp.Negate, bound)));
        SoftwarePipeline pipeline = SoftwarePipeline.Of(InPlace(builder.Build(RandomScalar.InputCount, bounded, builder.Apply(ScalarOp.Add, x, bounded))), Name)!;
        Stage[] stages = [.. pipeline.Stages];
        Assert.Equal(2, stages.Length);
        Assert.Empty(stages[0].Sinks);
        Assert.Equal(ScalarOp.Divide, stages[0].Body.Nodes[stages[0].Body.Outputs[^1]].Op);
        Assert.DoesNotContain(stages[1].Body.Nodes, node => node.Op == ScalarOp.Divide);
        Assert.Contains(stages[1].Body.Nodes, node => node.Op == ScalarOp.Negate);
    }

    [Fact]
    public void A_reduction_is_ended_where_its_term_is()
    {
        ScalarBuilder builder = new();
        int quotient = builder.Apply(ScalarOp.Divide, builder.Input(0), builder.Apply(ScalarOp.Sqrt, builder.Input(1)));
        Stage sum = InPlace(builder.Build(RandomScalar.InputCount, quotient)) with { Inner = [0], Sinks = [new AccumulateSink(ReduceKind.Sum)] };
        SoftwarePipeline pipeline = SoftwarePipeline.Of(sum, Name)!;
        Assert.Equal([0, 1], pipeline.Stages.Select(stage => stage.Sinks.Count));
        Assert.Equal(sum.Sinks, pipeline.Stages.Last().Sinks);
    }

    [Fact]
    public void A_body_that_reads_other_elements_of_what_it_stores_stays_whole()
    {
        Stage stage = InPlace(WithChain(0));
        Assert.NotNull(SoftwarePipeline.Of(stage, Name));
        Operand[] shifted = [.. stage.Operands];
        shifted[0] = new LoadOperand(0, [1], 1, [], []);
        Assert.Null(SoftwarePipeline.Of(stage with { Operands = shifted.ToEquatableArray() }, Name));
    }

    /// <summary>What the sinks of all stages take of a vector whose elements are these inputs.</summary>
    private static Dictionary<Sink, double> Run(Stage[] stages, double[] inputs)
    {
        Dictionary<Sink, double> values = [];
        foreach (Stage stage in stages)
        {
            ScalarVerifier.Verify(stage.Body);
            double[] outputs = ScalarInterpreter.Evaluate(stage.Body, inputs);
            for (int sink = 0; sink < stage.Sinks.Count; sink++)
                values.Add(stage.Sinks[sink], outputs[sink]);
            inputs = [.. inputs, .. outputs.Skip(stage.Sinks.Count)];
        }

        return values;
    }

    /// <summary>Two numbers of three: any, and a quotient by a root.</summary>
    private static ScalarFunction WithChain(int seed)
    {
        ScalarBuilder builder = new();
        int[] inputs = [.. Enumerable.Range(0, RandomScalar.InputCount).Select(builder.Input)];
        int[] parts = [.. Enumerable.Range(0, 3).Select(part => builder.Inline(new RandomScalar((3 * seed) + part).Build(simplified: true), inputs)[0])];
        int root = builder.Apply(ScalarOp.Sqrt, builder.Apply(ScalarOp.Add, builder.Apply(ScalarOp.Abs, parts[0]), inputs[0]));
        int quotient = builder.Apply(ScalarOp.Divide, parts[1], builder.Apply(ScalarOp.Add, root, inputs[1]));
        return builder.Build(RandomScalar.InputCount, parts[2], quotient);
    }

    private static Stage InPlace(ScalarFunction body) =>
        new([], Enumerable.Range(0, RandomScalar.InputCount).Select(Operand (tensor) => new LoadOperand(tensor, [1], 0, [], [])).ToEquatableArray(), body, [Store(0), Store(1)]);

    private static Sink Store(int tensor) => new StoreSink(tensor, [1], 0);

    private static string Name(int tensor) => "tensor" + tensor;
}
