using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>
/// A recurrent cell with two carries over a sequence, built by hand: h = tanh(x·W + b + h·R)·s, s = σ(s·g + h), from learned initial carries. Its loss is a sum over all states.
/// </summary>
internal sealed class RecurrentCell
{
    private readonly int _batch;

    public RecurrentCell(int batch, int steps, int features, int units, bool backwards, bool isUnrolled = false)
    {
        _batch = batch;
        GraphBuilder graph = Builder;
        int x = graph.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(batch, steps, features), "x");
        int w = Parameter(Shape.Of(features, units), "kernel"), r = Parameter(Shape.Of(units, units), "recurrent"), b = Parameter(Shape.Of(units), "bias"), g = Parameter(Shape.Of(units), "gate");
        int h0 = graph.Broadcast(Parameter(Shape.Of(units), "first"), Shape.OfBatch(batch, units), "firstState"), s0 = graph.Broadcast(Parameter(Shape.Of(units), "firstScale"), Shape.OfBatch(batch, units), "firstGate");
        Sources = [x, w, r, b, g, .. new[] { "first", "firstScale" }.Select((_, i) => graph.Source(new BufferRef(BufferKind.Parameter, 4 + i), Shape.Of(units), ""))];

        (int H, int S) Step(int h, int s, int input)
        {
            int hidden = graph.Map(ScalarOp.Tanh, graph.Map(ScalarOp.Add, graph.Map(ScalarOp.Add, graph.MatMul(input, w, "projected"), b, "biased"), graph.MatMul(h, r, "recurred"), "sum"), "hidden");
            int scaled = graph.Map(ScalarOp.Multiply, hidden, s, "state");
            return (scaled, graph.Map(ScalarOp.Sigmoid, graph.Map(ScalarOp.Add, graph.Map(ScalarOp.Multiply, s, g), scaled), "scale"));
        }

        int all;
        if (isUnrolled)
        {
            (int h, int s, all) = (h0, s0, -1);
            for (int turn = 0; turn < steps; turn++)
            {
                int step = backwards ? steps - 1 - turn : turn;
                (h, s) = Step(h, s, graph.Reshape(graph.Slice(x, [0, step, 0], [1, 1, 1], Shape.OfBatch(batch, 1, features)), Shape.OfBatch(batch, features)));
                int placed = graph.Pad(graph.Reshape(h, Shape.OfBatch(batch, 1, units)), [0, step, 0], [1, 1, 1], Shape.OfBatch(batch, steps, units));
                all = all < 0 ? placed : graph.Map(ScalarOp.Add, all, placed);
            }
        }
        else
        {
            int h = graph.Source(new BufferRef(BufferKind.Carry, 0), Shape.OfBatch(batch, units), "stateBefore"), s = graph.Source(new BufferRef(BufferKind.Carry, 1), Shape.OfBatch(batch, units), "scaleBefore");
            int input = graph.Source(new BufferRef(BufferKind.Sequence, 0), Shape.OfBatch(batch, features), "xAtStep");
            (int nextH, int nextS) = Step(h, s, input);
            ScanRegion region = new(graph, graph, steps, backwards);
            region.Carry(h, h0);
            region.Carry(s, s0);
            region.Sequence(input, () => x);
            region.Next(0, nextH);
            region.Next(1, nextS);
            all = region.Close([nextH], []).Stacked[0];
        }

        // Every state counts differently.
        int weighted = graph.Map(ScalarOp.Multiply, all, graph.Map(ScalarOp.Cos, graph.Iota(Shape.Of(steps, units), 0)));
        int sum = graph.Reshape(graph.Reduce(ReduceKind.Sum, graph.Map(ScalarOp.Multiply, weighted, all), [0, 1, 2]), Shape.Scalar);
        Loss = graph.Map(ScalarOp.Multiply, sum, graph.Uniform(Uniforms.InverseRows, "inverseRows"), "loss");
    }

    public GraphBuilder Builder { get; } = new();

    public int Loss { get; }

    public int[] Sources { get; }

    public TensorGraph WithLoss
    {
        get
        {
            GraphBuilder graph = new(Builder.Build());
            graph.Output(Loss, new BufferRef(BufferKind.Loss));
            return ModelPrograms.Finish(graph.Build());
        }
    }

    /// <summary>The loss and the gradients of the parameters.</summary>
    public TensorGraph WithGradients
    {
        get
        {
            GraphBuilder graph = new(Builder.Build());
            graph.Output(Loss, new BufferRef(BufferKind.Loss));
            int[] gradients = ReverseMode.Gradients(graph, Loss, [.. Sources.Skip(1)]);
            for (int p = 0; p < gradients.Length; p++)
                graph.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
            return ModelPrograms.Finish(graph.Build());
        }
    }

    public Dictionary<BufferRef, double[]> Content(int seed)
    {
        Random random = new(seed);
        return Sources.ToDictionary(source => ((SourceOp)Builder[source].Op).Buffer, source => Enumerable.Range(0, Builder[source].Shape.Count).Select(_ => (random.NextDouble() * 1.6) - 0.8).ToArray());
    }

    private int Parameter(Shape shape, string name) => Builder.Source(new BufferRef(BufferKind.Parameter, _parameters++), shape, name);

    private int _parameters;
}
