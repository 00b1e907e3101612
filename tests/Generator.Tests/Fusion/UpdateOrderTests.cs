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

    [Fact]
    public void Results_that_overwrite_what_the_others_read_are_one_kernel()
    {
        // Three states that move round: a = f(b), b = f(c), c = f(a). No two of them share a reader, and any order of kernels would lose one.
        GraphBuilder graph = new();
        int[] states = [.. Enumerable.Range(0, 3).Select(slot => graph.Source(new BufferRef(BufferKind.State, 0, slot), Shape.OfBatch(1), "abc"[slot].ToString()))];
        for (int slot = 0; slot < 3; slot++)
            graph.Output(graph.Map(ScalarOp.Exp, states[(slot + 1) % 3], $"new{slot}"), new BufferRef(BufferKind.State, 0, slot));

        Kernel kernel = Assert.Single(Fuse.Run(graph.Build()).Kernels);
        Assert.Equal(3, kernel.Stages.Sum(stage => stage.Sinks.Count));
    }

    [Fact]
    public void A_result_that_is_written_and_never_read_from_memory_stays_in_the_kernel_of_its_readers()
    {
        // b is not read, so no source stands for it; the new c reads the new b.
        GraphBuilder graph = new();
        int c = graph.Source(new BufferRef(BufferKind.State, 0, 2), Shape.OfBatch(1), "c");
        int a = graph.Source(new BufferRef(BufferKind.State), Shape.OfBatch(1), "a");
        int gradient = graph.Source(new BufferRef(BufferKind.Gradient), Shape.OfBatch(1), "g");
        int newA = graph.Map(ScalarOp.Abs, a, "newA"), newB = graph.Map(ScalarOp.Sqrt, gradient, "newB");
        graph.Output(newA, new BufferRef(BufferKind.State));
        graph.Output(newB, new BufferRef(BufferKind.State, 0, 1));
        graph.Output(graph.Map(ScalarOp.Add, graph.Map(ScalarOp.Multiply, newA, newB, "product"), c, "newC"), new BufferRef(BufferKind.State, 0, 2));
        Assert.Single(Fuse.Run(graph.Build()).Kernels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_result_that_reads_other_elements_of_what_it_overwrites_is_written_from_a_copy(bool isState)
    {
        BufferKind kind = isState ? BufferKind.State : BufferKind.Kept;
        GraphBuilder graph = new();
        int a = graph.Source(new BufferRef(kind), Shape.Of(4, 4), "a");
        graph.Output(graph.Map(ScalarOp.Exp, graph.Transpose(a, [1, 0]), "turned"), new BufferRef(kind));
        Assert.Equal(2, Fuse.Run(graph.Build()).Kernels.Count);
    }

    [Fact]
    public void A_movement_and_a_sum_of_what_they_overwrite_are_copied_afterwards()
    {
        GraphBuilder graph = new();
        BufferRef first = new(BufferKind.Kept), second = new(BufferKind.Kept, 1);
        int a = graph.Source(first, Shape.Of(4, 4), "a"), b = graph.Source(second, Shape.Of(4, 4), "b");
        graph.Output(graph.Transpose(a, [1, 0]), first);
        graph.Output(graph.MatMul(b, b, "square"), second);
        Assert.Equal(4, Fuse.Run(graph.Build()).Kernels.Count);
    }

    [Fact]
    public void Results_that_read_other_elements_of_what_each_other_overwrites_read_copies()
    {
        GraphBuilder graph = new();
        BufferRef first = new(BufferKind.Kept), second = new(BufferKind.Kept, 1);
        int a = graph.Source(first, Shape.Of(4, 4), "a"), b = graph.Source(second, Shape.Of(4, 4), "b");
        graph.Output(graph.Map(ScalarOp.Exp, graph.Transpose(b, [1, 0]), "newA"), first);
        graph.Output(graph.Map(ScalarOp.Exp, graph.Transpose(a, [1, 0]), "newB"), second);
        Assert.InRange(Fuse.Run(graph.Build()).Kernels.Count, 2, 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_result_that_reads_other_elements_of_what_another_overwrites_has_a_kernel_before_it(bool isState)
    {
        BufferKind kind = isState ? BufferKind.State : BufferKind.Kept;
        GraphBuilder graph = new();
        BufferRef other = isState ? new BufferRef(kind, 0, 1) : new BufferRef(kind, 1);
        int a = graph.Source(new BufferRef(kind), Shape.Of(4, 4), "a"), b = graph.Source(other, Shape.Of(4, 4), "b");
        graph.Output(graph.Map(ScalarOp.Exp, a, "newA"), new BufferRef(kind));
        graph.Output(graph.Map(ScalarOp.Add, b, graph.Transpose(a, [1, 0]), "newB"), other);
        KernelList kernels = Fuse.Run(graph.Build());
        Assert.Equal([other, new BufferRef(kind)], kernels.Kernels.Select(kernel => kernels.Tensors[kernel.Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>().Single().Tensor].External!.Value));
    }

    [Fact]
    public void An_update_is_done_apart_where_the_kernel_of_its_gradient_can_take_only_part_of_it()
    {
        // The gradient's kernel goes row by row. What does not read the gradient does not fit into it, yet has to run both before and after.
        GraphBuilder graph = new();
        int x = graph.Source(new BufferRef(BufferKind.Input), Shape.Of(4, 3), "x");
        int a = graph.Source(new BufferRef(BufferKind.State), Shape.Of(4, 3), "a"), b = graph.Source(new BufferRef(BufferKind.State, 0, 1), Shape.Of(4, 3), "b");
        int gradient = graph.Map(ScalarOp.Subtract, x, graph.Reduce(ReduceKind.Max, x, [1], "most"), "gradient");
        graph.Output(graph.Map(ScalarOp.Add, gradient, graph.Map(ScalarOp.Exp, b, "expB"), "newA"), new BufferRef(BufferKind.State));
        graph.Output(graph.Map(ScalarOp.Exp, a, "newB"), new BufferRef(BufferKind.State, 0, 1));
        graph.Output(gradient, new BufferRef(BufferKind.Prediction));

        KernelList kernels = Fuse.Run(graph.Build());
        Kernel writer = Assert.Single(kernels.Kernels, kernel => kernel.Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>()
            .Any(store => kernels.Tensors[store.Tensor].External is { Kind: BufferKind.State }));
        Assert.Equal(2, writer.Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>().Count(store => kernels.Tensors[store.Tensor].External is { Kind: BufferKind.State }));
    }

    [Fact]
    public void An_update_that_others_read_in_turn_leaves_the_kernel_of_its_gradient_when_the_last_of_them_may_not_be_there()
    {
        // The sum reads w for each of its terms, so that w can't be overwritten in the same loops; the new w is computed from the new m, and that from the new v.
        GraphBuilder graph = new();
        int x = graph.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(8, 3), "x"), w = graph.Source(s_parameter, Shape.Scalar, "w");
        int v = graph.Source(new BufferRef(BufferKind.State), Shape.Scalar, "v"), m = graph.Source(new BufferRef(BufferKind.State, 0, 1), Shape.Scalar, "m");
        int gradient = graph.Reshape(graph.Reduce(ReduceKind.Sum, graph.Map(ScalarOp.Max, x, w), [0, 1]), Shape.Scalar, "gradient");
        int newV = graph.Map(ScalarOp.Add, v, gradient, "newV"), newM = graph.Map(ScalarOp.Multiply, m, newV, "newM");
        graph.Output(graph.Map(ScalarOp.Subtract, w, newM, "newW"), s_parameter);
        graph.Output(newV, new BufferRef(BufferKind.State));
        graph.Output(newM, new BufferRef(BufferKind.State, 0, 1));

        KernelList kernels = Fuse.Run(graph.Build());
        Assert.Equal(2, kernels.Kernels.Count);
        Assert.Equal(3, kernels.Kernels[1].Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>().Count());
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
