using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Library;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Autodiff;

/// <summary>What forward mode makes of small graphs, where the result is known.</summary>
public sealed class ForwardModeTests
{
    private static readonly BufferRef s_input = new(BufferKind.Input), s_tangent = new(BufferKind.Input, 1), s_parameter = new(BufferKind.Parameter);

    [Fact]
    public void A_tangent_is_one_map_that_reads_the_output()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(3), "x"), t = builder.Source(s_tangent, Shape.Of(3), "t"), y = builder.Map(ScalarOp.Tanh, x, "y");
        int tangent = ForwardMode.Tangents(builder, [(x, t)], [y])[0];
        Assert.Equal("t·(1 − y²)", Describe(builder, tangent));
        Assert.Equal(t + 3, builder.Count);
    }

    [Fact]
    public void Tangents_of_several_inputs_share_one_map()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(3), "x"), t = builder.Source(s_tangent, Shape.Of(3), "t"), w = builder.Source(s_parameter, Shape.Of(3), "w");
        int y = builder.Map(ScalarOp.Divide, x, w, "y");
        Assert.Equal("(t − y·x)/w", Describe(builder, ForwardMode.Tangents(builder, [(x, t), (w, x)], [y])[0]));
        Assert.Equal("t/w", Describe(builder, ForwardMode.Tangents(builder, [(x, t)], [y])[0]));
    }

    [Fact]
    public void Nothing_moves_through_a_stop()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(3), "x"), t = builder.Source(s_tangent, Shape.Of(3), "t");
        int product = builder.Map(ScalarOp.Multiply, x, builder.StopGradient(builder.Map(ScalarOp.Exp, x)));
        int tangent = ForwardMode.Tangents(builder, [(x, t)], [product])[0];
        Assert.Equal([2 * Math.Exp(1), -Math.Exp(-2), 0], Values(builder, [1, -2, 5], [2, -1, 0])[tangent]);
    }

    [Fact]
    public void What_does_not_move_has_a_tangent_of_zeros_and_adds_nothing_else()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(3), "x"), t = builder.Source(s_tangent, Shape.Of(3), "t"), w = builder.Source(s_parameter, Shape.Of(2, 3), "w");
        int sign = builder.Map(ScalarOp.Sign, x), square = builder.Map(ScalarOp.Multiply, w, w);
        builder.Map(ScalarOp.Exp, x);
        int count = builder.Count;
        int[] tangents = ForwardMode.Tangents(builder, [(x, t)], [square, sign]);
        Assert.Equal([Shape.Of(2, 3), Shape.Of(3)], tangents.Select(tangent => builder[tangent].Shape));
        Assert.All(tangents, tangent => Assert.Equal(0, builder.ConstantOf(tangent)));
        Assert.Equal(count + 2, builder.Count);
        Assert.Equal([null, null], ForwardMode.Push(builder, [(x, t)], [square, sign]));
    }

    [Fact]
    public void A_seed_inside_of_the_graph_adds_to_what_comes_from_before()
    {
        // y = x² moves by 2x·t from x and by t of its own.
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(2), "x"), t = builder.Source(s_tangent, Shape.Of(2), "t");
        int y = builder.Map(ScalarOp.Multiply, x, x), z = builder.Map(ScalarOp.Multiply, y, builder.Fill(10, Shape.Scalar));
        int tangent = ForwardMode.Tangents(builder, [(x, t), (y, t)], [z])[0];
        Assert.Equal([10 * ((2 * 3 * 1) + 1), 10 * ((2 * -1 * 2) + 2)], Values(builder, [3, -1], [1, 2])[tangent]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_extremum_moves_by_the_mean_of_what_attains_it(bool max)
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(2, 3), "x"), t = builder.Source(s_tangent, Shape.Of(2, 3), "t");
        int tangent = ForwardMode.Tangents(builder, [(x, t)], [builder.Reduce(max ? ReduceKind.Max : ReduceKind.Min, x, [1])])[0];
        Assert.Equal(max ? [4, 30] : [9, 15], Values(builder, [1, 2, 2, 4, 4, 5], [9, 3, 5, 10, 20, 30])[tangent]);
    }

    [Theory]
    [InlineData(nameof(ScalarOp.Max), 0.0, 0.0)]
    [InlineData(nameof(ScalarOp.Min), 0.0, 0.0)]
    [InlineData(nameof(ScalarOp.Max), 2.0, 2.0)]
    [InlineData(nameof(ScalarOp.Abs), 0.0, 1.0)]
    [InlineData(nameof(ScalarOp.Sign), 0.0, 1.0)]
    [InlineData(nameof(ScalarOp.Floor), 3.0, 1.0)]
    [InlineData(nameof(ScalarOp.CopySign), 0.0, -1.0)]
    public void At_a_kink_both_modes_take_the_same_derivative(string name, double a, double b)
    {
        ScalarOp op = Enum.Parse<ScalarOp>(name);
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Scalar, "x"), w = builder.Source(s_parameter, Shape.Scalar, "w");
        int y = op.Arity() == 1 ? builder.Map(op, x) : builder.Map(op, x, w);
        int[] gradients = ReverseMode.Gradients(builder, y, [x, w]);
        int[] tangents = [.. new[] { x, w }.Select(source => ForwardMode.Tangents(builder, [(source, builder.Fill(1, Shape.Scalar))], [y])[0])];
        double[][] values = new GraphInterpreter(1).Values(builder.Build(), new Dictionary<BufferRef, double[]> { [s_input] = [a], [s_parameter] = [b] });
        Assert.Equal(gradients.Select(node => values[node][0]), tangents.Select(node => values[node][0]));
    }

    [Fact]
    public void Random_numbers_stay_the_same_ones()
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(4), "x"), t = builder.Source(s_tangent, Shape.Of(4), "t"), drawn = builder.Random(Shape.Of(4), 3);
        int y = builder.Map(ScalarOp.Multiply, x, drawn), tangent = ForwardMode.Tangents(builder, [(x, t)], [y])[0];
        Assert.Single(builder.Build().Nodes, node => node.Op is RandomOp);
        double[][] values = Values(builder, [1, 1, 1, 1], [1, 2, 3, 4]);
        Assert.Equal(values[drawn].Select((value, i) => value * (i + 1)), values[tangent]);
    }

    [Fact]
    public void The_hessian_of_a_quadratic_is_its_matrix()
    {
        // L = ½·xᵀ·A·x + Σ x has the Hessian ½·(A + Aᵀ).
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.Of(1, 3), "x"), v = builder.Source(s_tangent, Shape.Of(1, 3), "v"), a = builder.Source(s_parameter, Shape.Of(3, 3), "a");
        int form = builder.Map(ScalarOp.Multiply, builder.Map(ScalarOp.Multiply, builder.MatMul(x, a), x), builder.Fill(0.5, Shape.Scalar));
        int loss = SumOf(builder, builder.Map(ScalarOp.Add, form, x));
        int product = ForwardMode.Tangents(builder, [(x, v)], ReverseMode.Gradients(builder, loss, [x]))[0];
        double[] matrix = [2, -1, 0.5, 3, 1, -2, 0, 4, 5], direction = [1, -2, 3];
        double[] expected = [.. Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 3).Sum(j => 0.5 * (matrix[(i * 3) + j] + matrix[(j * 3) + i]) * direction[j]))];
        double[][] values = new GraphInterpreter(1).Values(builder.Build(), new Dictionary<BufferRef, double[]> { [s_input] = [0.3, -7, 2], [s_tangent] = direction, [s_parameter] = matrix });
        Assert.Equal(expected, values[product]);
    }

    [Fact]
    public void The_hessian_of_softmax_cross_entropy_is_that_of_its_probabilities()
    {
        // For each row (diag(p) − p·pᵀ)·v / rows, whatever the label.
        foreach (LibraryProgram program in LibraryProgram.Of("SoftmaxCrossEntropy"))
        {
            GraphBuilder builder = new(program.Graph);
            int loss = program.LossOf(builder, out _), logits = program.Moved(builder).Single(), classes = builder[logits].Shape[1], rows = program.RowCounts[1];
            int v = builder.Source(new BufferRef(BufferKind.State), builder[logits].Shape, "v");
            builder.ClearOutputs();
            builder.Output(ForwardMode.Tangents(builder, [(logits, v)], ReverseMode.Gradients(builder, loss, [logits]))[0], new BufferRef(BufferKind.Stacked));
            Dictionary<BufferRef, double[]> content = program.Content();
            double[] direction = content[new BufferRef(BufferKind.State)] = [.. Enumerable.Range(0, builder[v].Shape.Count).Select(i => Math.Sin(i + 1))];
            double[] expected = new double[rows * classes];
            for (int row = 0; row < rows; row++)
            {
                double[] exponentials = [.. Enumerable.Range(0, classes).Select(k => Math.Exp(program.Inputs[0][(row * classes) + k]))];
                double[] p = [.. exponentials.Select(value => value / exponentials.Sum())];
                double mean = Enumerable.Range(0, classes).Sum(k => p[k] * direction[(row * classes) + k]);
                for (int k = 0; k < classes; k++)
                    expected[(row * classes) + k] = p[k] * (direction[(row * classes) + k] - mean) / rows;
            }

            double[] actual = new GraphInterpreter(program.Case.Batch, rows).Run(builder.Build(), content)[new BufferRef(BufferKind.Stacked)];
            Numbers.Close(expected, actual, 1e-15, $"{classes} classes");
        }
    }

    [Fact]
    public void A_gauss_newton_product_is_three_passes()
    {
        // y = tanh(x·W), L = Σ (y − ¼)⁴: G·v = Jᵀ·(∂²L/∂y²)·J·v, which leaves out the second derivative of y.
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.OfBatch(2, 3), "x"), w = builder.Source(s_parameter, Shape.Of(3, 2), "w"), v = builder.Source(s_tangent, Shape.Of(3, 2), "v");
        int y = builder.Map(ScalarOp.Tanh, builder.MatMul(x, w), "y");
        ScalarBuilder scalar = new();
        int square = scalar.Apply(ScalarOp.Multiply, scalar.Apply(ScalarOp.Subtract, scalar.Input(0), scalar.Constant(0.25)), scalar.Apply(ScalarOp.Subtract, scalar.Input(0), scalar.Constant(0.25)));
        int loss = SumOf(builder, builder.Map(scalar.Build(1, scalar.Apply(ScalarOp.Multiply, square, square)), [y]));
        int moved = ForwardMode.Tangents(builder, [(w, v)], [y])[0];
        int curved = ForwardMode.Tangents(builder, [(y, moved)], ReverseMode.Gradients(builder, loss, [y]))[0];
        int product = ReverseMode.Pull(builder, [(y, curved)], [w])[0]!.Value;

        double[] inputs = [0.5, -1, 2, 1, 0.25, -0.75], weights = [0.1, -0.2, 0.3, 0.4, -0.5, 0.6], direction = [1, -1, 2, 0.5, -0.25, 3];
        double[][] values = new GraphInterpreter(2).Values(builder.Build(), new Dictionary<BufferRef, double[]> { [s_input] = inputs, [s_parameter] = weights, [s_tangent] = direction });
        double[] expected = new double[6];
        for (int row = 0; row < 2; row++)
        {
            for (int unit = 0; unit < 2; unit++)
            {
                double At(double[] kernel) => Enumerable.Range(0, 3).Sum(i => inputs[(row * 3) + i] * kernel[(i * 2) + unit]);
                double output = Math.Tanh(At(weights)), slope = 1 - (output * output), curvature = 12 * Math.Pow(output - 0.25, 2);
                for (int i = 0; i < 3; i++)
                    expected[(i * 2) + unit] += slope * inputs[(row * 3) + i] * curvature * slope * At(direction);
            }
        }

        Numbers.Close(expected, values[product], 1e-14, "G·v");
    }

    private static int SumOf(GraphBuilder builder, int node) =>
        builder.Reshape(builder.Reduce(ReduceKind.Sum, node, [.. Enumerable.Range(0, builder[node].Shape.Rank)]), Shape.Scalar);

    private static string Describe(GraphBuilder builder, int node) => GraphPrinter.Describe(builder.Build(), builder[node]);

    private static double[][] Values(GraphBuilder builder, double[] x, double[] t)
    {
        TensorGraph graph = builder.Build();
        GraphVerifier.Verify(graph);
        return new GraphInterpreter(1).Values(graph, new Dictionary<BufferRef, double[]> { [s_input] = x, [s_tangent] = t });
    }
}
