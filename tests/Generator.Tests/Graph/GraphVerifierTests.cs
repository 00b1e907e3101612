using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Graph;

public sealed class GraphVerifierTests
{
    private static readonly GraphNode s_x = new(new SourceOp(new BufferRef(BufferKind.Input)), [], Shape.OfBatch(4, 3), "x");
    private static readonly GraphNode s_w = new(new SourceOp(new BufferRef(BufferKind.Parameter)), [], Shape.Of(3, 2), "w");

    [Fact]
    public void Each_broken_promise_is_found()
    {
        Fails("input 1 is not an earlier node", [s_x, new(new StopGradientOp(), [1], s_x.Shape, "")]);
        Fails("a size is below 1", [s_x with { Shape = Shape.OfBatch(4, 0) }]);
        Fails("a single number has no rows", [s_x with { Shape = new Shape([], true) }]);
        Fails("it has 2 inputs, not 1", [s_x, new(new StopGradientOp(), [0, 0], s_x.Shape, "")]);
        Fails("a uniform is one number", [new(new SourceOp(new BufferRef(BufferKind.Uniform)), [], Shape.Of(2), "")]);
        Fails("is read by two sources", [s_x, s_x with { Shape = Shape.OfBatch(4, 5) }]);
        Fails("there is no axis 2", [new(new IotaOp(2), [], Shape.Of(2, 2), "")]);
        Fails("its shape is not its input's", [s_x, new(new StopGradientOp(), [0], Shape.OfBatch(4, 4), "")]);
    }

    [Fact]
    public void Maps_broadcast_to_their_shape()
    {
        ScalarFunction add = ShapeRules.Body(ScalarOp.Add);
        Fails("its body has 2 inputs, the node 1", [s_x, new(new MapOp(add), [0], s_x.Shape, "")]);
        Fails("its body has 2 outputs, not 1", [s_x, new(new MapOp(add with { Outputs = [0, 1] }), [0, 0], s_x.Shape, "")]);
        Fails("does not broadcast to it", [s_x, s_w, new(new MapOp(add), [0, 1], s_x.Shape, "")]);
        Fails("does not broadcast to it", [s_x, new(new MapOp(add), [0, 0], Shape.OfBatch(4, 1), "")]);
        Fails("does not broadcast to it", [s_x, s_w with { Shape = Shape.Of(4, 3) }, new(new MapOp(add), [0, 1], s_x.Shape, "")]);
        Fails("operand 0 is not an earlier value", [s_x, new(new MapOp(add with { Nodes = [add.Nodes[2], add.Nodes[0], add.Nodes[1]] }), [0, 0], s_x.Shape, "")]);
    }

    [Fact]
    public void Reductions_keep_their_axes_with_size_1()
    {
        Fails("are not distinct, ascending and in range", [s_x, new(new ReduceOp(ReduceKind.Sum, [2]), [0], s_x.Shape, "")]);
        Fails("are not distinct, ascending and in range", [s_x, new(new ReduceOp(ReduceKind.Sum, [1, 0]), [0], Shape.Of(1, 1), "")]);
        Fails("are not distinct, ascending and in range", [s_x, new(new ReduceOp(ReduceKind.Sum, []), [0], s_x.Shape, "")]);
        Fails("its shape should be [4 rows × 1]", [s_x, new(new ReduceOp(ReduceKind.Max, [1]), [0], Shape.OfBatch(4), "")]);
        Fails("its shape should be [1 × 3]", [s_x, new(new ReduceOp(ReduceKind.Max, [0]), [0], Shape.OfBatch(1, 3), "")]);
    }

    [Fact]
    public void Contractions_pair_their_loops_with_their_operands()
    {
        GraphBuilder builder = new();
        int product = builder.MatMul(builder.Add(s_x.Op, [], s_x.Shape, "x"), builder.Add(s_w.Op, [], s_w.Shape, "w"));
        GraphNode good = builder[product];
        ContractOp op = (ContractOp)good.Op;
        GraphVerifier.Verify(new TensorGraph([s_x, s_w, good], []));
        void Breaks(string reason, ContractOp broken) => Fails(reason, [s_x, s_w, good with { Op = broken }]);
        Breaks("can't make its axes", op with { OutputRank = 4 });
        Breaks("its shape should be", op with { OutputRank = 1 });
        Breaks("a loop is empty", op with { Loops = [op.Loops[0], op.Loops[1], new LoopIndex(0, false)] });
        Breaks("its shape should be", op with { Loops = [op.Loops[0] with { Batched = false }, op.Loops[1], op.Loops[2]] });
        Breaks("the left operand of shape [4 rows × 3] has 1 indices", op with { Left = [op.Left[0]] });
        Breaks("left axis 1 divides by 0", op with { Left = [op.Left[0], op.Left[1] with { Divisor = 0 }] });
        Breaks("right axis 0 is no sum of distinct loops", op with { Right = [new AffineIndex([new AffineTerm(7, 1)]), op.Right[1]] });
        Breaks("right axis 0 is no sum of distinct loops", op with { Right = [new AffineIndex([new AffineTerm(2, 1), new AffineTerm(2, 1)]), op.Right[1]] });
        Breaks("left axis 0 does not pair the rows of the batch", op with { Left = [new AffineIndex([new AffineTerm(0, 1)], 1), op.Left[1]] });
        Breaks("right axis 1 does not pair the rows of the batch", op with { Right = [op.Right[0], AffineIndex.Of(0)] });
    }

    [Fact]
    public void Movements_stay_inside_and_keep_rows_whole()
    {
        Fails("has not as many elements", [s_x, new(new ReshapeOp(), [0], Shape.OfBatch(4, 4), "")]);
        Fails("rows of a batch can't appear or vanish", [s_x, new(new ReshapeOp(), [0], Shape.Of(12), "")]);
        Fails("is no permutation", [s_w, new(new TransposeOp([0, 0]), [0], Shape.Of(3, 3), "")]);
        Fails("its shape should be [2 × 3]", [s_w, new(new TransposeOp([1, 0]), [0], Shape.Of(3, 2), "")]);
        Fails("the rows of a batch stay on axis 0", [s_x, new(new TransposeOp([1, 0]), [0], Shape.Of(3, 4), "")]);
        Fails("axis 0 reaches outside", [s_w, new(new SliceOp([1, 0], [2, 1]), [0], Shape.Of(2, 2), "")]);
        Fails("axis 1 reaches outside", [s_w, new(new PadOp([0, -1], [1, 1]), [0], Shape.Of(3, 2), "")]);
        Fails("differ in number", [s_w, new(new SliceOp([0], [1]), [0], Shape.Of(3, 2), "")]);
        Fails("the rows of a batch stay whole", [s_x, new(new SliceOp([0, 0], [1, 1]), [0], Shape.OfBatch(2, 3), "")]);
    }

    [Fact]
    public void Views_lookups_and_random_numbers_fit_their_tensors()
    {
        GraphNode labels = new(new SourceOp(new BufferRef(BufferKind.Input, 1)), [], Shape.OfBatch(4), "labels");
        ViewOp window = new([AffineIndex.Of(0), new AffineIndex([new AffineTerm(1, 2), new AffineTerm(2, 1)], -1)], 0);
        GraphNode view = new(window, [0], Shape.OfBatch(4, 2, 2), "");
        GraphVerifier.Verify(new TensorGraph([s_x, view], []));
        Fails("rows of a batch can't appear or vanish", [s_x, view with { Shape = Shape.Of(4, 2, 2) }]);
        Fails("has 1 indices", [s_x, view with { Op = window with { Index = [window.Index[0]] } }]);
        Fails("is no sum of distinct loops", [s_x, view with { Op = window with { Index = [window.Index[0], AffineIndex.Of(3)] } }]);
        Fails("does not pair the rows of the batch", [s_x, view with { Op = window with { Index = [new AffineIndex([new AffineTerm(0, 1)], 1), window.Index[1]] } }]);

        GraphVerifier.Verify(new TensorGraph([s_w, labels, new(new GatherOp(), [0, 1], Shape.OfBatch(4, 2), "")], []));
        Fails("have shape [4 rows × 2], not [4 rows × 3]", [s_w, labels, new(new GatherOp(), [0, 1], Shape.OfBatch(4, 3), "")]);
        Fails("is no table of rows", [s_x, labels, new(new GatherOp(), [0, 1], Shape.OfBatch(4, 3), "")]);
        GraphVerifier.Verify(new TensorGraph([s_x, labels, new(new ScatterOp(), [0, 1], Shape.Of(5, 3), "")], []));
        Fails("have shape [4 rows × 2], not [4 rows × 3]", [s_x, labels, new(new ScatterOp(), [0, 1], Shape.Of(5, 2), "")]);
        Fails("is no table of rows", [s_x, labels, new(new ScatterOp(), [0, 1], Shape.OfBatch(4, 3), "")]);
        Fails("it has 1 inputs, not 2", [s_w, new(new GatherOp(), [0], Shape.Of(3, 2), "")]);
        Fails("its stream is negative", [new(new RandomOp(-1), [], Shape.Of(3), "")]);
    }

    [Fact]
    public void Joined_tensors_differ_along_their_axis_only()
    {
        Fails("it joins nothing", [new(new ConcatOp(0), [], Shape.Of(3), "")]);
        Fails("can't be joined along axis 0", [s_x, new(new ConcatOp(0), [0, 0], Shape.OfBatch(8, 3), "")]);
        Fails("can't be joined along axis 2", [s_x, new(new ConcatOp(2), [0, 0], Shape.OfBatch(4, 6), "")]);
        Fails("is no part of it", [s_x, s_w, new(new ConcatOp(1), [0, 1], Shape.OfBatch(4, 5), "")]);
        Fails("its parts have 6 elements", [s_x, new(new ConcatOp(1), [0, 0], Shape.OfBatch(4, 5), "")]);
        GraphVerifier.Verify(new TensorGraph([s_x, new(new ConcatOp(1), [0, 0], Shape.OfBatch(4, 6), "")], []));
    }

    [Fact]
    public void Outputs_fit_where_they_go()
    {
        BufferRef loss = new(BufferKind.Loss), parameter = new(BufferKind.Parameter);
        Fails("no such node", [s_x], new GraphOutput(1, new BufferRef(BufferKind.Prediction)));
        Fails("a loss is one number", [s_x], new GraphOutput(0, loss));
        Fails("inputs and uniforms are read only", [s_x], new GraphOutput(0, new BufferRef(BufferKind.Input, 1)));
        Fails("written twice", [s_x], new GraphOutput(0, new BufferRef(BufferKind.Prediction)), new GraphOutput(0, new BufferRef(BufferKind.Prediction)));
        Fails("the shape of what it overwrites", [s_x, s_w], new GraphOutput(0, parameter));
        GraphVerifier.Verify(new TensorGraph([s_x, s_w], [new GraphOutput(1, parameter)]));
    }

    private static void Fails(string reason, EquatableArray<GraphNode> nodes, params GraphOutput[] outputs)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => GraphVerifier.Verify(new TensorGraph(nodes, outputs.ToEquatableArray())));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
