using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Fusion;

/// <summary>Which reductions share a loop.</summary>
public class ReductionFusionTests
{
    private readonly GraphBuilder _graph = new();

    [Fact]
    public void Reductions_of_the_same_tensor_over_the_same_axes_share_a_loop()
    {
        int x = _graph.Map(ScalarOp.Exp, Source("x", 0), "y");
        Sum(_graph.MatMul(x, Source("w", 1), "product"), 0, 0);
        Sum(x, 0, 1);
        Sum(_graph.Map(ScalarOp.Abs, x, "size"), 0, 2);
        Assert.Single(Fuse.Run(_graph.Build()).Kernels, kernel => Accumulates(kernel) == 2);
    }

    [Fact]
    public void So_do_reductions_of_what_is_there_at_the_beginning()
    {
        Sum(Source("a", 0), 1, 0);
        Sum(Source("b", 1), 1, 1);
        Assert.Equal(2, Accumulates(Assert.Single(Fuse.Run(_graph.Build()).Kernels)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Those_over_other_axes_do_not(int first, int second)
    {
        int x = Source("x", 0);
        Sum(x, first, 0);
        Sum(x, second, 1);
        Assert.All(Fuse.Run(_graph.Build()).Kernels, kernel => Assert.Equal(1, Accumulates(kernel)));
    }

    /// <summary>Their results stay in registers.</summary>
    [Fact]
    public void No_loop_computes_more_than_twenty()
    {
        int x = Source("x", 0);
        for (int sum = 0; sum < 50; sum++)
            Sum(_graph.Map(ScalarOp.Multiply, x, Source("y", sum + 1), "product"), 0, sum);
        Assert.Equal([20, 20, 10], Fuse.Run(_graph.Build()).Kernels.Select(Accumulates));
    }

    [Fact]
    public void One_that_needs_the_other_waits_for_it()
    {
        int x = Source("x", 0);
        int mean = _graph.Reduce(ReduceKind.Sum, x, [0, 1], "mean");
        _graph.Output(_graph.Reduce(ReduceKind.Sum, _graph.Map(ScalarOp.Multiply, x, _graph.Broadcast(mean, Shape.Of(6, 6), "spread"), "scaled"), [0, 1], "second"), new BufferRef(BufferKind.Prediction));
        foreach (Kernel kernel in Fuse.Run(_graph.Build()).Kernels)
            Assert.All(kernel.Stages, stage => Assert.True(stage.Sinks.Count(sink => sink is AccumulateSink) <= 1));
    }

    private int Source(string name, int number) => _graph.Source(new BufferRef(BufferKind.Input, number), Shape.Of(6, 6), name);

    private void Sum(int node, int axis, int number) => _graph.Output(_graph.Reduce(ReduceKind.Sum, node, [axis], $"sum{number}"), new BufferRef(BufferKind.Prediction, number));

    private static int Accumulates(Kernel kernel) => kernel.Stages.Sum(stage => stage.Inner.Count == 0 ? 0 : stage.Sinks.Count(sink => sink is AccumulateSink));
}
