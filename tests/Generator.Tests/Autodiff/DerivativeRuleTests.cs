using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Autodiff;

public sealed class DerivativeRuleTests
{
    private static readonly BufferRef s_input = new(BufferKind.Input);

    [Fact]
    public void No_gradient_flows_through_a_stop()
    {
        // d/dx Σ x·stop(x) is x, not 2x.
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(3), "x");
        int gradient = ReverseMode.Gradients(builder, SumOf(builder, builder.Map(ScalarOp.Multiply, x, builder.StopGradient(x))), [x])[0];
        Assert.Equal([1.0, -2, 5], Value(builder, gradient, 1, -2, 5));
    }

    [Fact]
    public void What_the_loss_does_not_read_has_a_gradient_of_zeros()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(2), "x"), other = builder.Source(new BufferRef(BufferKind.Parameter), Shape.Of(2, 3), "other");
        int gradient = ReverseMode.Gradients(builder, SumOf(builder, x), [other])[0];
        Assert.Equal(Shape.Of(2, 3), builder[gradient].Shape);
        Assert.Equal(new double[6], Value(builder, gradient, 1, 1));
    }

    [Fact]
    public void A_node_that_is_read_twice_gets_both_gradients()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(2), "x");
        int sum = builder.Map(ScalarOp.Add, builder.Map(ScalarOp.Multiply, x, x), builder.Map(ScalarOp.Exp, x));
        int gradient = ReverseMode.Gradients(builder, SumOf(builder, sum), [x])[0];
        Assert.Equal([6 + Math.Exp(3), -2 + Math.Exp(-1)], Value(builder, gradient, 3, -1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_extremum_shares_its_gradient_among_equals(bool max)
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(2, 3), "x");
        int extremum = builder.Reduce(max ? ReduceKind.Max : ReduceKind.Min, x, [1]);
        int gradient = ReverseMode.Gradients(builder, SumOf(builder, extremum), [x])[0];
        Assert.Equal(max ? [0, 0.5, 0.5, 0, 0, 1] : [1, 0, 0, 0.5, 0.5, 0], Value(builder, gradient, 1, 2, 2, 4, 4, 5));
    }

    [Fact]
    public void Derivative_and_adjoint_are_one_map_that_reads_the_output()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(3), "x"), u = builder.Source(new BufferRef(BufferKind.Parameter), Shape.Of(3), "u");
        int y = builder.Map(ScalarOp.Tanh, x, "y");
        int gradient = ReverseMode.Gradients(builder, SumOf(builder, builder.Map(ScalarOp.Multiply, y, u)), [x])[0];
        TensorGraph graph = builder.Build();
        Assert.Equal("u·(1 − y²)", GraphPrinter.Describe(graph, graph.Nodes[gradient]));
    }

    [Fact]
    public void The_gradient_of_a_sum_is_spread_only_where_it_is_read()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(50, 40), "x");
        int loss = builder.Map(ScalarOp.Tanh, SumOf(builder, builder.Map(ScalarOp.Exp, x, "e")), "loss");
        int count = builder.Count;
        ReverseMode.Gradients(builder, loss, [x]);
        Assert.Single(Enumerable.Range(count, builder.Count - count), node => builder[node].Shape == Shape.Of(50, 40));
    }

    [Fact]
    public void A_gradient_starts_from_one_number()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(2), "x");
        Assert.Throws<InvalidOperationException>(() => ReverseMode.Gradients(builder, x, [x]));
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(1, 3, 4)]
    public void Windows_of_every_stride_dilation_and_padding(int stride, int dilation, int padding)
    {
        // Two-dimensional, grouped: y[b, p, q, g, o] = Σ x[b, p·s + d·i − pad, q·s + d·j − pad, g, c]·w[i, j, g, c, o].
        GraphBuilder builder = new();
        const int Batch = 3, Height = 5, Width = 4, Groups = 2, Channels = 2, Outputs = 2, Kernel = 2;
        int x = builder.Source(s_input, Shape.OfBatch(Batch, Height, Width, Groups, Channels), "x");
        int w = builder.Source(new BufferRef(BufferKind.Parameter), Shape.Of(Kernel, Kernel, Groups, Channels, Outputs), "w");
        int Extent(int size) => ((size + (2 * padding) - (dilation * (Kernel - 1)) - 1) / stride) + 1;
        AffineIndex Window(int position, int tap) => new([new AffineTerm(position, stride), new AffineTerm(tap, dilation)], -padding);
        ContractOp op = new(
            [new(Batch, true), new(Extent(Height), false), new(Extent(Width), false), new(Groups, false), new(Outputs, false), new(Kernel, false), new(Kernel, false), new(Channels, false)],
            5,
            [AffineIndex.Of(0), Window(1, 5), Window(2, 6), AffineIndex.Of(3), AffineIndex.Of(7)],
            [AffineIndex.Of(5), AffineIndex.Of(6), AffineIndex.Of(3), AffineIndex.Of(7), AffineIndex.Of(4)]);
        int y = builder.Map(ScalarOp.Tanh, builder.Contract(op, x, w));
        Random random = new(stride);
        Dictionary<BufferRef, double[]> content = new()
        {
            [s_input] = [.. Enumerable.Range(0, builder[x].Shape.Count).Select(_ => random.NextDouble() - 0.5)],
            [new BufferRef(BufferKind.Parameter)] = [.. Enumerable.Range(0, builder[w].Shape.Count).Select(_ => random.NextDouble() - 0.5)],
        };
        FiniteDifferences.Check(builder, SumOf(builder, y), [w, x], content, Batch, 2, $"stride {stride}, dilation {dilation}, padding {padding}");
    }

    [Fact]
    public void Second_derivatives_are_derivatives_of_gradients()
    {
        // Transposed windows come from windows; their own gradients are contractions again.
        for (int seed = 0; seed < 12; seed++)
        {
            RandomGraph graph = new(seed);
            int x = graph.Builder.Source(s_input, graph.InputShape, "x");
            int gradient = ReverseMode.Gradients(graph.Builder, graph.Loss, [x])[0];
            int square = SumOf(graph.Builder, graph.Builder.Map(ScalarOp.Multiply, gradient, gradient));
            FiniteDifferences.Check(graph.Builder, square, [x], graph.Content(), graph.Batch, graph.Rows, $"seed {seed}");
        }
    }

    private static int SumOf(GraphBuilder builder, int node) =>
        builder.Reshape(builder.Reduce(ReduceKind.Sum, node, [.. Enumerable.Range(0, builder[node].Shape.Rank)]), Shape.Scalar);

    private static double[] Value(GraphBuilder builder, int node, params double[] x)
    {
        TensorGraph graph = builder.Build();
        GraphVerifier.Verify(graph);
        return new GraphInterpreter(1).Values(graph, new Dictionary<BufferRef, double[]> { [s_input] = x, [new BufferRef(BufferKind.Parameter)] = [1, 1, 1, 1, 1, 1] })[node];
    }
}
