using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>Recurrences in the user's language: what is read of them, and what it computes.</summary>
public sealed class ScanReaderTests
{
    private const int Batch = 3;

    /// <summary>Steps with everything that a step may do: several states and sequences, layers and random numbers of its own, what stands around it, the way back.</summary>
    public static TheoryData<string, string> Recurrences => new()
    {
        { "Scan(Fill(0, 4), x, (state, input) => 0.9f * state + 0.1f * Tanh(input))", "Chain(x, Fill(0, 4), false, (state, input) => 0.9f * state + 0.1f * Tanh(input))" },
        { "Scan(Fill(0.5f, 4), x, (state, input) => state * Sigmoid(input), backwards: true)", "Chain(x, Fill(0.5f, 4), true, (state, input) => state * Sigmoid(input))" },
        { "Scan(Slice(x, 0, 1, 1), x, (state, input) => Tanh(state + input))", "Chain(x, Slice(x, 0, 1, 1), false, (state, input) => Tanh(state + input))" },
        { "Scan(Fill(0, 4), x, Next)", "Chain(x, Fill(0, 4), false, Next)" },
        { "Scan(Fill(0, 4), x, (state, input) => Cell(state + input))", "Chain(x, Fill(0, 4), false, (state, input) => Cell(state + input))" },
        { "Scan(Fill(0, 4), x, (state, input) => Last(x, state, (inner, other) => Tanh(inner + other * input), false))", "Chain(x, Fill(0, 4), false, (state, input) => Chain2(x, state, (inner, other) => Tanh(inner + other * input)))" },
        { "Scan(Fill(0, 4), x, (state, input) => Reshape(Transpose(Reshape(state + input, 2, 2), 1, 0), 4) * 0.5f)", "Chain(x, Fill(0, 4), false, (state, input) => Reshape(Transpose(Reshape(state + input, 2, 2), 1, 0), 4) * 0.5f)" },
    };

    [Theory]
    [MemberData(nameof(Recurrences))]
    public void A_scan_is_the_loop_that_it_stands_for(string scan, string loop)
    {
        ModelSpec compiled = Read(scan), unrolled = Read(loop);
        Assert.Contains(compiled.Graph.Nodes, node => node.Op is ScanOp);
        Assert.DoesNotContain(unrolled.Graph.Nodes, node => node.Op is ScanOp);
        Dictionary<BufferRef, double[]> content = Content(compiled);
        foreach (int rows in new[] { Batch, 1 })
        {
            double[] expected = Predict(unrolled, content, rows), actual = Predict(compiled, content, rows);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 12));
        }
    }

    [Fact]
    public void Two_states_and_arrays_of_states_are_one_recurrence()
    {
        const string Step = "Tanh(h + s * input), s * 0.5f + h";
        ModelSpec pair = Read($"Concat(1, Both(Scan(Fill(1, 4), Fill(2, 4), x, (h, s, input) => ({Step}))))", "static Tensor[] Both((Tensor, Tensor) pair) { (Tensor a, Tensor b) = pair; return [a, b]; }");
        ModelSpec array = Read("Concat(1, Scan([Fill(1, 4), Fill(2, 4)], [x, x], (states, inputs) => [Tanh(states[0] + states[1] * inputs[1]), states[1] * 0.5f + states[0]]))");
        Dictionary<BufferRef, double[]> content = Content(pair);
        Assert.Equal(Predict(pair, content, Batch), Predict(array, content, Batch));
    }

    [Fact]
    public void A_step_draws_numbers_of_its_own()
    {
        ModelSpec model = Read("Scan(Fill(0, 4), x, (state, input) => RandomUniform(input))");
        double[] drawn = Predict(model, Content(model), Batch);
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
    }

    [Theory]
    [InlineData("Rnn(3)", 1)]
    [InlineData("Rnn(3)", 7)]
    [InlineData("Gru(3)", 2)]
    [InlineData("Gru(2)", 33)]
    [InlineData("Lstm(3)", 1)]
    [InlineData("Lstm(3, Backwards = true)", 7)]
    [InlineData("Lstm(2)", 33)]
    public void Gradients_of_recurrent_layers_agree_with_finite_differences(string layer, int steps)
    {
        ModelSpec model = ModelSource.ReadValid($$"""
            [Model(Batch = {{Batch}}, Precision = Precision.Double)]
            public partial class Net
            {
                [{{layer}}] private static partial Tensor Cells(Tensor x);
                [Forward] private static Tensor Forward([Shape({{steps}}, 2)] Tensor x) => Cells(x);
                [Loss] private static Tensor Loss(Tensor y, [Shape] Tensor weight) => Mean(Square(y) * weight);
            }
            """);
        foreach (int rows in new[] { Batch, 1 })
        {
            GraphBuilder graph = new(model.Graph);
            int loss = model.Graph.Outputs.First(output => output.Target.Kind == BufferKind.Loss).Node;
            int x = graph.Source(new BufferRef(BufferKind.Input, 0), Shape.OfBatch(Batch, steps, 2), "x");
            FiniteDifferences.Check(graph, loss, [x, .. ModelPrograms.Parameters(graph, model)], Content(model), Batch, rows, $"{layer}, {steps} steps, {rows} rows");
        }
    }

    [Theory]
    [InlineData("Scan(Fill(0, 4), x, (state, input) => Reshape(input, 2, 2))", "OPTG015", "[4] (the state)")]
    [InlineData("Scan(Fill(0, 4), Sum(x), (state, input) => state)", "OPTG016", "no axis for the steps")]
    [InlineData("Scan([Fill(0, 4)], [], (states, inputs) => states)[0]", "OPTG016", "without a sequence")]
    [InlineData("Scan([Fill(0, 4)], [x, Slice(x, 0, 0, 2)], (states, inputs) => states)[0]", "OPTG015", "which count the steps")]
    [InlineData("Scan([Fill(0, 4)], [x], (states, inputs) => [states[0], states[0]])[0]", "OPTG016", "a step gives 2 states")]
    [InlineData("Fill(0, 4, 0)", "OPTG016", "sizes must be positive")]
    public void Mistakes_in_a_recurrence_are_reported(string expression, string id, string message)
    {
        var diagnostic = Assert.Single(ModelSource.Read(Source(expression)).Diagnostics).ToDiagnostic();
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static ModelSpec Read(string expression, string members = "") => ModelSource.ReadValid(Source(expression, members));

    private static string Source(string expression, string members = "") => $$"""
        [Model(Batch = {{Batch}}, Precision = Precision.Double)]
        public partial class Net
        {
            {{(expression.Contains("Cell(", StringComparison.Ordinal) ? "[Dense(4)] private static partial Tensor Cell(Tensor x);" : "")}}
            [Forward] private static Tensor Forward([Shape(5, 4)] Tensor x) => {{expression}};
            static Tensor Next(Tensor state, Tensor input) => state * 0.5f + Relu(input - 0.1f);
            static Tensor Last(Tensor x, Tensor first, Func<Tensor, Tensor, Tensor> step, bool backwards) => Reshape(Slice(Scan(first, x, step, backwards), 0, 4, 1), 4);
            static Tensor Chain2(Tensor x, Tensor state, Func<Tensor, Tensor, Tensor> step)
            {
                for (int i = 0; i < 5; i++)
                    state = step(state, Reshape(Slice(x, 0, i, 1), 4));
                return state;
            }

            static Tensor Chain(Tensor x, Tensor state, bool backwards, Func<Tensor, Tensor, Tensor> step)
            {
                Tensor[] states = new Tensor[5];
                for (int i = 0; i < 5; i++)
                {
                    int number = backwards ? 4 - i : i;
                    state = step(state, Reshape(Slice(x, 0, number, 1), 4));
                    states[number] = Reshape(state, 1, 4);
                }

                return Concat(0, states);
            }

            {{members}}
        }
        """;

    private static Dictionary<BufferRef, double[]> Content(ModelSpec model)
    {
        Random random = new(7);
        double[] Numbers(Shape shape) => [.. Enumerable.Range(0, shape.Count).Select(_ => (random.NextDouble() * 2) - 1)];
        Dictionary<BufferRef, double[]> content = [];
        for (int i = 0; i < model.Inputs.Count; i++)
            content[new BufferRef(BufferKind.Input, i)] = Numbers(model.Inputs[i].Shape);
        for (int p = 0; p < model.Parameters.Count; p++)
            content[new BufferRef(BufferKind.Parameter, p)] = Numbers(model.Parameters[p].Shape);
        return content;
    }

    private static double[] Predict(ModelSpec model, Dictionary<BufferRef, double[]> content, int rows) =>
        new GraphInterpreter(Batch, rows).Run(ModelPrograms.Forward(model), content)[new BufferRef(BufferKind.Prediction, 0)];
}
