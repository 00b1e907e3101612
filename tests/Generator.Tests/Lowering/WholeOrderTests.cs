using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.Lowering;

/// <summary>In which passes code on whole tensors runs.</summary>
public class WholeOrderTests
{
    private const string Methods = """
            [Reduce(Over.Tensor)] public static float Sum(float x) => x;
            [Whole("A.B.C")] public static float First(float g, ref float q) => g;
            [Whole("A.B.C")] public static float Second(float g, ref float q) => g;
            [Whole("A.B.C")] public static float Plain(float g) => g;
        """;

    /// <summary>The second call could run in the first pass, if it did not share the state.</summary>
    [Fact]
    public void Calls_that_share_a_state_run_in_the_order_of_the_rule()
    {
        Assert.Equal(["Sum", "FirstAndSecond"], Passes("[State(Pairs.OfRows)] ref float q", "w -= First(g * Sum(g), ref q) + Second(g, ref q)"));
        Assert.Equal(["SumAndSecond", "First"], Passes("[State(Pairs.OfRows)] ref float q, [State(Pairs.OfRows)] ref float p", "w -= First(g * Sum(g), ref q) + Second(g, ref p)"));
    }

    [Fact]
    public void A_call_whose_result_nothing_reads_runs_if_it_keeps_something()
    {
        Assert.Equal(["First"], Passes("[State(Pairs.OfColumns)] ref float q", "First(g, ref q); w -= g"));
        Assert.Empty(Passes("[State] ref float q", "q = g; Plain(g); w -= q"));
    }

    [Fact]
    public void A_state_of_pairs_is_bounded_by_an_option()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid("[Optimizer, Shampoo(MaxSize = 77)] public partial class O;", "O");
        Assert.Equal([("Left", Extent.RowPair), ("Right", Extent.ColumnPair), ("LeftRoot", Extent.RowPair), ("RightRoot", Extent.ColumnPair)], spec.States.Where(state => state.AtMost == 77).Select(state => (state.Name, state.Over)));
        Assert.Equal("States: 8 bytes for each parameter, and Left for each pair of rows, Right for each pair of columns, LeftRoot for each pair of rows, RightRoot for each pair of columns.", Generator.Emit.StateBytes.Describe(spec with { States = [.. spec.States.Where(state => !state.IsScratch)] }));
    }

    /// <summary>The head of the emitted file counts what the states of a model's optimizer take as the runtime does.</summary>
    [Theory]
    [InlineData("GaLore(Rank = 1)")]
    [InlineData("GaLore(Rank = 100)")]
    [InlineData("Kron(MaxSize = 2)")]
    [InlineData("Kron")]
    [InlineData("Shampoo")]
    public void Bytes_of_states_of_pairs_are_counted_for_a_model(string rule)
    {
        OptimizerSpec spec = OptimizerSource.ReadValid($"[Model] public partial class Net; [Optimizer<Net>, {rule}] public partial class O;", "O");
        Kernels.Segment[] segments = [.. Generator.Emit.SegmentTable.Runs(spec, ParameterGroups.Of(spec)).Select(run => new Kernels.Segment(run.Offset, run.Rows, run.Columns, 0, 0, 0))];
        int parameters = segments.Sum(segment => segment.Length);
        Assert.True(segments.Length > 1);
        int bytes = spec.States.Sum(state => state.Over == Extent.Everything ? 8 : state.Over == Extent.Element ? 4 * parameters
            : 4 * new Kernels.PairedState<float>(segments, Enum.Parse<Pairs>(state.Over.Pairs()), state.AtMost, state.OrDiagonal).Length);
        Assert.Contains(FormattableString.Invariant($": {bytes} bytes, {(double)bytes / parameters:0.###} for each parameter of the model."), Generator.Emit.StateBytes.Describe(spec), StringComparison.Ordinal);
    }

    private static string[] Passes(string states, string body)
    {
        OptimizerSpec spec = OptimizerSource.ReadValid($"[Optimizer] public partial class O {{ {Methods} [Update] public void U(ref float w, float g, {states}) {{ {body}; }} }}", "O");
        return [.. UpdateSequence.Of(spec).Reductions.Single().Select(pass => pass.Name)];
    }
}
