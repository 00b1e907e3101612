using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Fusion;

/// <summary>Whoever reads a parameter runs before the kernel that overwrites it, wherever the two stand in the graph.</summary>
public class UpdateOrderTests
{
    private static readonly BufferRef s_parameter = new(BufferKind.Parameter);

    [Fact]
    public void An_update_that_rides_in_an_early_kernel_waits_for_a_later_reader()
    {
        (GraphBuilder graph, int x, int w, int gradient) = Start();
        graph.Output(graph.MatMul(x, w, "prediction"), new BufferRef(BufferKind.Prediction));
        graph.Output(graph.Map(ScalarOp.Subtract, w, gradient, "updated"), s_parameter);

        KernelList kernels = Fuse.Run(graph.Build());
        Assert.Equal(2, kernels.Kernels.Count);
        Assert.Equal([1], Writers(kernels));
    }

    [Fact]
    public void An_update_leaves_the_kernel_of_its_gradient_when_a_reader_needs_that_gradient_first()
    {
        (GraphBuilder graph, int x, int w, int gradient) = Start();
        int reader = graph.MatMul(graph.MatMul(x, gradient, "scaled"), graph.Transpose(w, [1, 0]), "prediction");
        graph.Output(reader, new BufferRef(BufferKind.Prediction));
        graph.Output(graph.Map(ScalarOp.Subtract, w, gradient, "updated"), s_parameter);

        KernelList kernels = Fuse.Run(graph.Build());
        Assert.Equal(4, kernels.Kernels.Count);
        Assert.Equal([3], Writers(kernels));
    }

    /// <summary>Input, parameter, and a gradient that is the first kernel of the graph.</summary>
    private static (GraphBuilder Graph, int X, int W, int Gradient) Start()
    {
        GraphBuilder graph = new();
        int x = graph.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(8, 4), "x");
        int upstream = graph.Source(new BufferRef(BufferKind.Input, 1), Shape.OfBatch(8, 3), "upstream");
        int w = graph.Source(s_parameter, Shape.Of(4, 3), "w");
        ContractOp product = new(
            [new LoopIndex(4, false), new LoopIndex(3, false), new LoopIndex(8, true)],
            2,
            [AffineIndex.Of(2), AffineIndex.Of(0)],
            [AffineIndex.Of(2), AffineIndex.Of(1)]);
        return (graph, x, w, graph.Contract(product, x, upstream, "gradient"));
    }

    private static int[] Writers(KernelList kernels) => [.. Enumerable.Range(0, kernels.Kernels.Count).Where(number => kernels.Kernels[number].Stages
        .SelectMany(stage => stage.Sinks).OfType<StoreSink>().Any(store => kernels.Tensors[store.Tensor].External == s_parameter))];
}
