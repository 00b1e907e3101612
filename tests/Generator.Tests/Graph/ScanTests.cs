using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Graph;

/// <summary>Scans against their steps written out, and their gradients against differences.</summary>
public sealed class ScanTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(7, true)]
    [InlineData(33, false)]
    public void Gradients_of_a_recurrent_cell_agree_with_finite_differences(int steps, bool backwards)
    {
        RecurrentCell cell = new(batch: 3, steps, features: 2, units: 3, backwards);
        foreach (int rows in new[] { 3, 2, 1 })
            FiniteDifferences.Check(new GraphBuilder(cell.Builder.Build()), cell.Loss, cell.Sources, cell.Content(rows), 3, rows, $"{steps} steps, {rows} rows");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(5, true)]
    public void A_scan_is_its_steps_written_out(int steps, bool backwards)
    {
        RecurrentCell scan = new(batch: 2, steps, features: 3, units: 2, backwards), unrolled = new(batch: 2, steps, features: 3, units: 2, backwards, isUnrolled: true);
        Dictionary<BufferRef, double[]> content = scan.Content(1);
        double Loss(RecurrentCell cell) => new GraphInterpreter(2).Run(cell.WithLoss, content)[new BufferRef(BufferKind.Loss)][0];
        Assert.Equal(Loss(unrolled), Loss(scan), 12);
    }

    [Fact]
    public void The_product_with_a_sequence_is_one_product_before_the_loop_and_a_weights_gradient_one_after_it()
    {
        TensorGraph graph = new RecurrentCell(batch: 4, steps: 9, features: 5, units: 6, backwards: false).WithGradients;
        ScanLoop[] loops = [.. graph.Nodes.Select(node => node.Op).OfType<ScanOp>().Select(scan => scan.Loop).Distinct()];
        Assert.Equal(2, loops.Length);
        Assert.All(loops, loop => Assert.Single(DeadCode.Run(loop.Body).Nodes, node => node.Op is ContractOp));
        Assert.Contains(graph.Nodes, node => node.Op is ContractOp && node.Shape == Shape.OfBatch(4, 9, 6));
        ContractOp gradient = graph.Nodes.Select(node => node.Op).OfType<ContractOp>().Single(op => op.OutputRank == 2 && op.Loops[0].Extent == 6 && op.Loops[1].Extent == 6);
        Assert.Equal([new LoopIndex(4, true), new LoopIndex(9, false)], gradient.Loops.Skip(2));
    }
}
