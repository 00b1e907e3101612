using System.Reflection;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Backends;

/// <summary>Convolutions with every kind of window, forward and backward, at every vector width against the interpreter; and how they are scheduled.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class ConvolutionTests
{
    /// <param name="Groups">Channels are divided in so many groups; as many as there are channels makes it depthwise.</param>
    public sealed record Convolution(int Batch, int Height, int Width, int Channels, int Outputs, int Kernel, int Stride = 1, int Dilation = 1, int Padding = 0, int Groups = 1, bool IsTransposed = false);

    private static readonly Convolution[] s_convolutions =
    [
        new(3, 8, 9, 2, 5, 3),
        new(3, 8, 9, 2, 5, 3, Padding: 1),
        new(2, 9, 9, 3, 16, 3, Stride: 2, Padding: 1),
        new(2, 9, 8, 3, 17, 3, Dilation: 2, Padding: 2),
        new(2, 5, 5, 1, 16, 3),
        new(2, 6, 20, 16, 33, 3, Padding: 1),
        new(1, 4, 31, 4, 32, 5, Padding: 2),
        new(4, 3, 3, 5, 7, 3, Padding: 1),
        new(2, 1, 18, 3, 8, 3, Padding: 1),
        new(2, 7, 7, 4, 6, 3, Padding: 1, Groups: 2),
        new(2, 7, 7, 5, 5, 3, Padding: 1, Groups: 5),
        new(2, 7, 6, 4, 4, 3, Stride: 2, Padding: 1, Groups: 4),
        new(2, 6, 6, 3, 9, 1, Stride: 2),
        new(2, 6, 7, 3, 9, 1),
        new(2, 7, 8, 2, 4, 4, Stride: 3, Padding: 2),
        new(3, 5, 4, 3, 4, 3, Stride: 2, Padding: 1, IsTransposed: true),
        new(2, 4, 4, 2, 17, 2, Stride: 2, IsTransposed: true),
        new(2, 4, 5, 2, 3, 3, Padding: 1, IsTransposed: true),
    ];

    [Fact]
    public void Convolutions_agree_with_the_interpreter_at_every_width_and_for_part_batches()
    {
        GradientProgram[] programs = [.. s_convolutions.Select((convolution, i) => new GradientProgram("Net" + i, Gradients(convolution), convolution.Batch, "double"))];
        GradientProgram[] singles = [.. s_convolutions.Select((convolution, i) => new GradientProgram("Single" + i, Gradients(convolution), convolution.Batch, "float"))];
        Assembly assembly = BackendTests.Compile([.. programs, .. singles]);
        for (int i = 0; i < programs.Length; i++)
        {
            Convolution convolution = s_convolutions[i];
            Random random = new(i);
            Dictionary<BufferRef, double[]> content = [];
            foreach (GraphNode node in Gradients(convolution).Nodes)
            {
                if (node.Op is SourceOp { Buffer: { Kind: BufferKind.Input or BufferKind.Parameter } buffer })
                    content[buffer] = [.. Enumerable.Range(0, node.Shape.Count).Select(_ => (double)(random.NextSingle() - 0.5f))];
            }

            foreach (int rows in new[] { convolution.Batch, 1 }.Distinct())
            {
                double[] expected = BackendTests.Agree(programs[i], assembly, content, rows, 1e-11, $"{convolution}");
                foreach (int width in BackendTests.Widths)
                    BackendTests.Same(expected, BackendTests.AtWidth(width, () => singles[i].RunCpu(assembly, content, rows)), 2e-5, $"{convolution}, {rows} rows, float, {width} bits");
            }
        }
    }

    [Fact]
    public void Ordinary_convolutions_and_their_gradients_run_in_tiles()
    {
        foreach (Convolution convolution in s_convolutions.Where(convolution => convolution.Groups != convolution.Channels && !convolution.IsTransposed && convolution.Stride == 1))
        {
            Program program = new GradientProgram("Net", Gradients(convolution), convolution.Batch, "float").Program;
            foreach (PlannedKernel kernel in program.Kernels.Where(kernel => kernel.Kernel.Stages[0].Inner.Count > 1 && ContractionScheduler.IsSumOfProducts(kernel.Kernel.Stages[0])))
                Assert.True(kernel.Schedule is WindowSchedule, $"{convolution}: {kernel.Kernel.Summary} runs as {kernel.Schedule}");
        }
    }

    /// <summary>Loss and gradients of tanh(convolution(a · x)), so that the input's gradient is needed as well.</summary>
    private static TensorGraph Gradients(Convolution convolution)
    {
        GraphBuilder graph = new();
        int x = graph.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(convolution.Batch, convolution.Height, convolution.Width, convolution.Channels), "x");
        int scale = graph.Source(new BufferRef(BufferKind.Parameter, 0), Shape.Of(convolution.Channels), "scale");
        int kernelHeight = Math.Min(convolution.Kernel, convolution.Height);
        int kernel = graph.Source(
            new BufferRef(BufferKind.Parameter, 1),
            Shape.Of(kernelHeight, convolution.Kernel, convolution.Channels / convolution.Groups, convolution.Outputs),
            "kernel");
        int bias = graph.Source(new BufferRef(BufferKind.Parameter, 2), Shape.Of(convolution.Outputs), "bias");
        int product = Convolve(graph, graph.Map(ScalarOp.Multiply, x, scale, "scaled"), kernel, convolution, kernelHeight);
        int output = graph.Map(ScalarOp.Tanh, graph.Map(ScalarOp.Add, product, bias, "biased"), "output");
        ScalarBuilder scalar = new();
        ScalarFunction half = scalar.Build(1, scalar.Apply(ScalarOp.Multiply, scalar.Input(0), scalar.Apply(ScalarOp.Add, scalar.Input(0), scalar.Constant(0.5))));
        int sum = graph.Reduce(ReduceKind.Sum, graph.Map(half, [output]), [0, 1, 2, 3], "sum");
        int loss = graph.Map(ScalarOp.Multiply, graph.Reshape(sum, Shape.Scalar), graph.Uniform(Uniforms.InverseRows, "inverseRows"), "loss");
        graph.Output(loss, new BufferRef(BufferKind.Loss));
        int[] gradients = ReverseMode.Gradients(graph, loss, [scale, kernel, bias]);
        for (int p = 0; p < gradients.Length; p++)
            graph.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
        return ModelPrograms.Finish(graph.Build());
    }

    /// <summary>Loops: row, output row, output column, group, channel of the group | tap row, tap column, input channel of the group.</summary>
    private static int Convolve(GraphBuilder graph, int x, int kernel, Convolution c, int kernelHeight)
    {
        int groups = c.Groups, padding = c.Padding;
        int Length(int size, int taps, int pad) => c.IsTransposed
            ? ((size - 1) * c.Stride) - (2 * pad) + (c.Dilation * (taps - 1)) + 1
            : ((size + (2 * pad) - (c.Dilation * (taps - 1)) - 1) / c.Stride) + 1;
        int padHeight = kernelHeight == 1 ? 0 : padding;
        int height = Length(c.Height, kernelHeight, padHeight), width = Length(c.Width, c.Kernel, padding);
        AffineIndex Position(int output, int tap, int pad) => c.IsTransposed
            ? new AffineIndex([new AffineTerm(output, 1), new AffineTerm(tap, -c.Dilation)], pad, c.Stride)
            : new AffineIndex([new AffineTerm(output, c.Stride), new AffineTerm(tap, c.Dilation)], -pad);
        int inputs = c.Channels / groups, outputs = c.Outputs / groups;
        if (groups == 1)
        {
            ContractOp op = new(
                [new(c.Batch, true), new(height, false), new(width, false), new(outputs, false), new(kernelHeight, false), new(c.Kernel, false), new(inputs, false)],
                4,
                [AffineIndex.Of(0), Position(1, 4, padHeight), Position(2, 5, padding), AffineIndex.Of(6)],
                [AffineIndex.Of(4), AffineIndex.Of(5), AffineIndex.Of(6), AffineIndex.Of(3)]);
            return graph.Contract(op, x, kernel, "convolution");
        }

        int grouped = graph.Reshape(x, Shape.OfBatch(c.Batch, c.Height, c.Width, groups, inputs), "grouped");
        int kernels = graph.Reshape(kernel, Shape.Of(kernelHeight, c.Kernel, inputs, groups, outputs), "kernels");
        ContractOp each = new(
            [new(c.Batch, true), new(height, false), new(width, false), new(groups, false), new(outputs, false), new(kernelHeight, false), new(c.Kernel, false), new(inputs, false)],
            5,
            [AffineIndex.Of(0), Position(1, 5, padHeight), Position(2, 6, padding), AffineIndex.Of(3), AffineIndex.Of(7)],
            [AffineIndex.Of(5), AffineIndex.Of(6), AffineIndex.Of(7), AffineIndex.Of(3), AffineIndex.Of(4)]);
        return graph.Reshape(graph.Contract(each, grouped, kernels, "convolution"), Shape.OfBatch(c.Batch, height, width, c.Outputs));
    }
}
