using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Fusion;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Backends;

public sealed class SoftwarePipelineTests
{
    [Fact]
    public void Both_stages_together_give_the_same_bits_as_the_body()
    {
        Random random = new(1);
        int pipelines = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            ScalarFunction body = WithChain(seed);
            if (SoftwarePipeline.Of(InPlace(body), Name) is not { } pipeline)
                continue;
            pipelines++;
            ScalarVerifier.Verify(pipeline.Begin.Body);
            int stored = pipeline.Begin.Sinks.Count;
            Assert.Equal(InPlace(body).Sinks, pipeline.Begin.Sinks.Concat(pipeline.End.Sinks).OrderBy(sink => ((StoreSink)sink).Tensor));
            for (int trial = 0; trial < 10; trial++)
            {
                double[] inputs = [.. Enumerable.Range(0, RandomScalar.InputCount).Select(_ => (random.NextDouble() * 6) - 3)];
                double[] begun = ScalarInterpreter.Evaluate(pipeline.Begin.Body, inputs);
                double[] ended = ScalarInterpreter.Evaluate(pipeline.End.Body, [.. inputs, .. begun.Skip(stored)]);
                Dictionary<Sink, double> values = new(pipeline.Begin.Sinks.Zip(begun).Concat(pipeline.End.Sinks.Zip(ended)).Select(pair => KeyValuePair.Create(pair.First, pair.Second)));
                Assert.Equal(ScalarInterpreter.Evaluate(body, inputs), InPlace(body).Sinks.Select(sink => values[sink]));
            }
        }

        Assert.True(pipelines > 150, $"only {pipelines} functions of 400 became pipelines");
    }

    [Fact]
    public void The_end_reads_what_the_beginning_has_not_overwritten()
    {
        // m is stored by the beginning; the end needs the m of before.
        ScalarBuilder builder = new();
        int m = builder.Input(0), g = builder.Input(1);
        int quotient = builder.Apply(ScalarOp.Divide, m, builder.Apply(ScalarOp.Sqrt, g));
        ScalarFunction body = builder.Build(RandomScalar.InputCount, builder.Apply(ScalarOp.Add, g, builder.Constant(1)), quotient);
        SoftwarePipeline pipeline = SoftwarePipeline.Of(InPlace(body), Name)!;
        Assert.Equal([Store(0)], pipeline.Begin.Sinks);
        Assert.Equal([3, 4], pipeline.End.Body.Nodes.Where(node => node.Op == ScalarOp.Input).Select(node => node.A).Order());
    }

    [Fact]
    public void A_body_without_a_chain_of_slow_operations_stays_whole()
    {
        ScalarBuilder builder = new();
        int x = builder.Input(0), y = builder.Input(1);
        int quotient = builder.Apply(ScalarOp.Divide, x, y), root = builder.Apply(ScalarOp.Sqrt, y);
        Assert.Null(SoftwarePipeline.Of(InPlace(builder.Build(RandomScalar.InputCount, quotient, root)), Name));
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
