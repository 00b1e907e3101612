using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Graph;

public sealed class PassTests
{
    [Fact]
    public void Dead_code_goes_and_the_results_stay()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            RandomGraph random = new(seed);
            random.Builder.Map(ScalarOp.Tanh, random.Loss);
            TensorGraph graph = random.Builder.Build(), live = DeadCode.Run(graph);
            GraphVerifier.Verify(live);
            Assert.True(live.Nodes.Count < graph.Nodes.Count);
            Dictionary<BufferRef, double[]> content = random.Content();
            GraphInterpreter interpreter = new(random.Batch, random.Rows);
            Assert.Equal(interpreter.Run(graph, content)[new BufferRef(BufferKind.Loss)], interpreter.Run(live, content)[new BufferRef(BufferKind.Loss)]);
            HashSet<int> read = [.. live.Nodes.SelectMany(node => node.Inputs), .. live.Outputs.Select(output => output.Node)];
            Assert.Equal(live.Nodes.Count, read.Count);
        }
    }

    [Fact]
    public void Stopped_gradients_leave_nothing_behind()
    {
        GraphBuilder builder = new();
        int x = builder.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(2, 3), "x");
        builder.Output(builder.Map(ScalarOp.Add, builder.StopGradient(builder.Map(ScalarOp.Tanh, x)), x), new BufferRef(BufferKind.Prediction));
        TensorGraph graph = DropStopGradients.Run(builder.Build());
        GraphVerifier.Verify(graph);
        Assert.DoesNotContain(graph.Nodes, node => node.Op is StopGradientOp);
        Assert.Equal(3, graph.Nodes.Count);
    }

    [Fact]
    public void Constants_become_part_of_the_function()
    {
        GraphBuilder builder = new();
        int x = builder.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(2, 3), "x");
        int doubled = builder.Map(ScalarOp.Multiply, builder.Fill(2, Shape.Scalar), x);
        Assert.Equal([x], builder[doubled].Inputs);
        Assert.Equal("2·x", GraphPrinter.Describe(builder.Build(), builder[doubled]));
        Assert.Equal(x, builder.Map(ScalarOp.Multiply, x, builder.Fill(1, Shape.Scalar)));
        // The shape of a constant still counts.
        Assert.Equal(Shape.Of(2, 3), builder[builder.Map(ScalarOp.Add, builder.Uniform(0, "u"), builder.Fill(1, Shape.Of(2, 3)))].Shape);
    }

    [Fact]
    public void The_table_of_a_graph_reads_well()
    {
        GraphBuilder builder = new();
        int x = builder.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(32, 64), "x");
        int kernel = builder.Source(new BufferRef(BufferKind.Parameter), Shape.Of(64, 10), "kernel");
        int product = builder.MatMul(x, kernel, "product");
        int y = builder.Map(ScalarOp.Tanh, product, "y");
        builder.Output(y, new BufferRef(BufferKind.Prediction));
        string expected = """
                tensor   shape           operation                       FLOPs
            %0  x        [32 rows × 64]  input 0
            %1  kernel   [64 × 10]       parameter 0
            %2  product  [32 rows × 10]  Σ x[i, k]·kernel[k, j] → [i, j]  40960
            %3  y        [32 rows × 10]  tanh(product)                   320
            y → prediction 0
            """;
        Assert.Equal(Squeezed(expected), Squeezed(GraphPrinter.Table(builder.Build())));
    }

    /// <summary>Columns are aligned to their longest cell; the test is about the words.</summary>
    private static string Squeezed(string text) =>
        string.Join('\n', text.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
}
