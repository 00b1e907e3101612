using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>
/// Holds what forward mode adds to a graph against what reverse mode does: ⟨J·v, u⟩ = ⟨v, Jᵀ·u⟩ for some of its nodes; and for its loss the slope along v, Hessian-vector
/// products by forward over reverse against reverse over forward, their symmetry, and differences of all of that. Everything in double precision, through the interpreter.
/// </summary>
internal sealed class TangentCheck
{
    private const double Exact = 1e-10, Step = 1e-4;

    private readonly GraphBuilder _builder;
    private readonly int _loss;
    private readonly int[] _wrt;
    private readonly int[] _nodes;
    private readonly Dictionary<BufferRef, double[]> _content;
    private readonly GraphInterpreter _interpreter;
    private readonly string _what;
    private readonly Random _random = new(5);

    /// <param name="graph">A graph that is well formed; its outputs don't matter.</param>
    /// <param name="loss">The node of one number.</param>
    /// <param name="wrt">The sources that move.</param>
    /// <param name="nodes">Nodes whose tangents are to be held against adjoints.</param>
    public TangentCheck(TensorGraph graph, int loss, int[] wrt, int[] nodes, IReadOnlyDictionary<BufferRef, double[]> content, GraphInterpreter interpreter, string what)
    {
        (_builder, _loss, _wrt, _nodes, _content, _interpreter, _what) = (new GraphBuilder(graph), loss, wrt, nodes, new(content), interpreter, what);
        Directions = Sources("v", wrt);
    }

    /// <summary>The graph with what was added to it by the last check.</summary>
    public TensorGraph? Graph { get; private set; }

    private int[] Directions { get; }

    /// <param name="differences">Whether derivatives are held against differences: not where a gradient is stopped on purpose.</param>
    public void Run(bool differences = true)
    {
        Transposed();
        SecondOrder(differences);
    }

    private void Transposed()
    {
        GraphBuilder graph = new(_builder.Build());
        graph.ClearOutputs();
        (int, int)[] seeds = Seeds(Directions);
        int[] tangents = ForwardMode.Tangents(graph, seeds, _nodes);
        int[] weights = [.. _nodes.Select((node, i) => graph.Source(new BufferRef(BufferKind.State, i, 2), graph[node].Shape, "u" + i))];
        for (int i = 0; i < _nodes.Length; i++)
        {
            Assert.Equal(graph[_nodes[i]].Shape, graph[tangents[i]].Shape);
            Draw(graph, weights[i]);
            int?[] adjoints = ReverseMode.Pull(graph, [(_nodes[i], weights[i])], _wrt);
            graph.Output(tangents[i], new BufferRef(BufferKind.Stacked, i));
            for (int k = 0; k < _wrt.Length; k++)
                graph.Output(adjoints[k] is int adjoint ? graph.Broadcast(adjoint, graph[_wrt[k]].Shape) : graph.Fill(0, graph[_wrt[k]].Shape), new BufferRef(BufferKind.Gradient, k, i));
        }

        Dictionary<BufferRef, double[]> results = Interpret(graph);
        for (int i = 0; i < _nodes.Length; i++)
        {
            double forward = Dot(results[new BufferRef(BufferKind.Stacked, i)], _content[new BufferRef(BufferKind.State, i, 2)], out double size);
            double reverse = 0;
            for (int k = 0; k < _wrt.Length; k++)
                reverse += Dot(results[new BufferRef(BufferKind.Gradient, k, i)], Direction(0, k), out _);
            Assert.True(Math.Abs(forward - reverse) <= Exact * (1 + size), $"{_what}: <J v, u> of node {_nodes[i]} is {forward:R}, but <v, Jᵀ u> {reverse:R}");
        }
    }

    private void SecondOrder(bool differences)
    {
        GraphBuilder graph = new(_builder.Build());
        graph.ClearOutputs();
        int[] others = Sources(graph, "w", _wrt, 1), gradients = ReverseMode.Gradients(graph, _loss, _wrt), outputs = [_loss, .. gradients];
        for (int i = 0; i < outputs.Length; i++)
            graph.Output(outputs[i], new BufferRef(BufferKind.Prediction, i));
        TensorGraph plain = Finish(graph);
        int[] tangents = ForwardMode.Tangents(graph, Seeds(Directions), outputs), alongOthers = ForwardMode.Tangents(graph, Seeds(others), gradients);
        int[] reversed = ReverseMode.Gradients(graph, tangents[0], _wrt);
        for (int i = 0; i < outputs.Length; i++)
            graph.Output(tangents[i], new BufferRef(BufferKind.Stacked, i));
        for (int k = 0; k < _wrt.Length; k++)
        {
            graph.Output(alongOthers[k], new BufferRef(BufferKind.Next, k));
            graph.Output(reversed[k], new BufferRef(BufferKind.Gradient, k));
        }

        Dictionary<BufferRef, double[]> results = Interpret(graph);
        Graph = Finish(graph);
        double slope = 0, scale = 0, product = 0, swapped = 0, size = 0;
        for (int k = 0; k < _wrt.Length; k++)
        {
            double[] hessian = results[new BufferRef(BufferKind.Stacked, 1 + k)], gradient = results[new BufferRef(BufferKind.Prediction, 1 + k)];
            Same(results[new BufferRef(BufferKind.Gradient, k)], hessian, Exact, $"H·v of source {k}, reverse over forward,");
            slope += Dot(gradient, Direction(0, k), out double part);
            scale += part;
            product += Dot(hessian, Direction(1, k), out part);
            size += part;
            swapped += Dot(results[new BufferRef(BufferKind.Next, k)], Direction(0, k), out _);
        }

        double tangent = results[new BufferRef(BufferKind.Stacked, 0)][0];
        Assert.True(Math.Abs(tangent - slope) <= Exact * (1 + scale), $"{_what}: the tangent of the loss is {tangent:R}, but <gradient, v> {slope:R}");
        Assert.True(Math.Abs(product - swapped) <= Exact * (1 + size), $"{_what}: <w, H v> is {product:R}, but <v, H w> {swapped:R}");
        if (!differences)
            return;
        double[][] slopes = Differences(plain, outputs.Length);
        for (int i = 0; i < outputs.Length; i++)
            Same(slopes[i], results[new BufferRef(BufferKind.Stacked, i)], 2e-8, i == 0 ? "slope of the loss" : $"H·v of source {i - 1}, by differences,");
    }

    /// <summary>The slopes of outputs along the directions, by four values around the point.</summary>
    private double[][] Differences(TensorGraph graph, int count)
    {
        double[]?[] slopes = new double[]?[count];
        foreach ((int steps, double weight) in new (int, double)[] { (1, 8), (-1, -8), (2, -1), (-2, 1) })
        {
            Dictionary<BufferRef, double[]> moved = new(_content);
            for (int k = 0; k < _wrt.Length; k++)
                moved[BufferOf(_wrt[k])] = [.. _content[BufferOf(_wrt[k])].Zip(Direction(0, k), (at, v) => at + (steps * Step * v))];
            Dictionary<BufferRef, double[]> values = _interpreter.Run(graph, moved);
            for (int i = 0; i < count; i++)
            {
                double[] value = values[new BufferRef(BufferKind.Prediction, i)], sum = slopes[i] ??= new double[value.Length];
                for (int e = 0; e < sum.Length; e++)
                    sum[e] += weight * value[e] / (12 * Step);
            }
        }

        return slopes!;
    }

    private Dictionary<BufferRef, double[]> Interpret(GraphBuilder graph) => _interpreter.Run(Finish(graph), _content);

    private static TensorGraph Finish(GraphBuilder builder)
    {
        TensorGraph graph = DeadCode.Run(DropStopGradients.Run(builder.Build()));
        GraphVerifier.Verify(graph);
        return graph;
    }

    private BufferRef BufferOf(int source) => ((SourceOp)_builder[source].Op).Buffer;

    private double[] Direction(int slot, int k) => _content[new BufferRef(BufferKind.State, k, slot)];

    private (int, int)[] Seeds(int[] directions) => [.. _wrt.Zip(directions)];

    private int[] Sources(string name, int[] wrt) => Sources(_builder, name, wrt, 0);

    private int[] Sources(GraphBuilder graph, string name, int[] wrt, int slot) => [.. wrt.Select((source, k) =>
    {
        int direction = graph.Source(new BufferRef(BufferKind.State, k, slot), graph[source].Shape, name + k);
        Draw(graph, direction);
        return direction;
    })];

    private void Draw(GraphBuilder graph, int source) =>
        _content[((SourceOp)graph[source].Op).Buffer] = [.. Enumerable.Range(0, graph[source].Shape.Count).Select(_ => (_random.NextDouble() * 2) - 1)];

    /// <summary>Of as many elements as the first has: directions hold full batches.</summary>
    private static double Dot(double[] live, double[] full, out double size)
    {
        double sum = 0;
        size = 0;
        for (int i = 0; i < live.Length; i++)
        {
            sum += live[i] * full[i];
            size += Math.Abs(live[i] * full[i]);
        }

        return sum;
    }

    private void Same(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = 1 + expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{_what}: {what} [{i}] is {expected[i]:R}, forward over reverse {actual[i]:R}");
    }
}
