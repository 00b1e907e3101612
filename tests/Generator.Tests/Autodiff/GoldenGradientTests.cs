using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Autodiff;

/// <summary>Layers, activations and losses as graphs written by hand, against the reference's values and gradients.</summary>
public sealed class GoldenGradientTests
{
    private static readonly BufferRef s_input = new(BufferKind.Input), s_upstream = new(BufferKind.Input, 1), s_loss = new(BufferKind.Loss), s_output = new(BufferKind.Prediction);

    [Theory]
    [InlineData("Dense")]
    [InlineData("DenseNoBias")]
    public void Dense(string name)
    {
        LayerCase layer = GoldenFile.Layers.Layers.Single(layer => layer.Name == name);
        GoldenTensor weight = layer.Parameters!["weight"];
        CheckLayer(layer, (builder, x) =>
        {
            // The reference keeps [out, in].
            int kernel = builder.Transpose(builder.Source(new BufferRef(BufferKind.Parameter, 0), Shape.Of(weight.Shape), "weight"), [1, 0]);
            int y = builder.MatMul(x, kernel);
            return layer.Parameters.ContainsKey("bias") ? builder.Map(ScalarOp.Add, y, builder.Source(new BufferRef(BufferKind.Parameter, 1), Shape.Of(weight.Shape[0]), "bias")) : y;
        });
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("LeakyRelu")]
    [InlineData("Tanh")]
    [InlineData("Sigmoid")]
    [InlineData("Silu")]
    [InlineData("Softsign")]
    [InlineData("HardTanh")]
    public void Activations(string name)
    {
        ScalarBuilder s = new();
        int x = s.Input(0), zero = s.Constant(0), one = s.Constant(1), positive = s.Apply(ScalarOp.Less, zero, x);
        int y = name switch
        {
            "Relu" => s.Apply(ScalarOp.Select, positive, x, zero),
            "LeakyRelu" => s.Apply(ScalarOp.Select, positive, x, s.Apply(ScalarOp.Multiply, s.Constant(0.01), x)),
            "Tanh" => s.Apply(ScalarOp.Tanh, x),
            "Sigmoid" => s.Apply(ScalarOp.Sigmoid, x),
            "Silu" => s.Apply(ScalarOp.Multiply, x, s.Apply(ScalarOp.Sigmoid, x)),
            "Softsign" => s.Apply(ScalarOp.Divide, x, s.Apply(ScalarOp.Add, one, s.Apply(ScalarOp.Abs, x))),
            _ => s.Apply(ScalarOp.Min, one, s.Apply(ScalarOp.Max, s.Constant(-1), x)),
        };
        ScalarFunction function = s.Build(1, y);
        CheckLayer(GoldenFile.Layers.Layers.Single(layer => layer.Name == name), (builder, input) => builder.Map(function, [input]));
    }

    [Theory]
    [InlineData("Softmax")]
    [InlineData("LogSoftmax")]
    public void Softmax(string name)
    {
        LayerCase layer = GoldenFile.Layers.Layers.Single(layer => layer.Name == name);
        int axis = layer.Input.Shape.Length - 1;
        CheckLayer(layer, (builder, x) =>
        {
            int shifted = builder.Map(ScalarOp.Subtract, x, builder.StopGradient(builder.Reduce(ReduceKind.Max, x, [axis])));
            int exponential = builder.Map(ScalarOp.Exp, shifted), total = builder.Reduce(ReduceKind.Sum, exponential, [axis]);
            return name == "Softmax" ? builder.Map(ScalarOp.Divide, exponential, total) : builder.Map(ScalarOp.Subtract, shifted, builder.Map(ScalarOp.Log, total));
        });
    }

    [Theory]
    [InlineData("SoftmaxCrossEntropy")]
    [InlineData("SoftmaxCrossEntropyExtremeLogits")]
    [InlineData("MeanSquaredError")]
    public void Losses(string name)
    {
        LossCase golden = GoldenFile.Layers.Losses.Single(loss => loss.Name == name);
        int rows = golden.Input.Shape[0], columns = golden.Input.Shape[1];
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.OfBatch(golden.Input.Shape), "x"), target = builder.Source(s_upstream, Shape.OfBatch(golden.Target.Shape), "target");
        int perElement;
        if (name == "MeanSquaredError")
        {
            int difference = builder.Map(ScalarOp.Subtract, x, target);
            perElement = builder.Map(ScalarOp.Divide, builder.Map(ScalarOp.Multiply, difference, difference), builder.Fill(columns, Shape.Scalar));
        }
        else
        {
            int shifted = builder.Map(ScalarOp.Subtract, x, builder.StopGradient(builder.Reduce(ReduceKind.Max, x, [1])));
            int logTotal = builder.Map(ScalarOp.Log, builder.Reduce(ReduceKind.Sum, builder.Map(ScalarOp.Exp, shifted), [1]));
            ScalarBuilder s = new();
            ScalarFunction chosen = s.Build(3, s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Equal, s.Input(0), s.Input(1)), s.Input(2), s.Constant(0)));
            int own = builder.Map(chosen, [builder.Iota(Shape.OfBatch(rows, columns), 1), builder.Reshape(target, Shape.OfBatch(rows, 1)), shifted]);
            perElement = builder.Map(ScalarOp.Subtract, logTotal, builder.Reduce(ReduceKind.Sum, own, [1]));
        }

        int sum = builder.Reshape(builder.Reduce(ReduceKind.Sum, perElement, [0, 1]), Shape.Scalar);
        int loss = builder.Map(ScalarOp.Multiply, sum, builder.Uniform(Uniforms.InverseRows, "inverseRows"));
        builder.Output(loss, s_loss);
        builder.Output(OptGen.Generator.Autodiff.ReverseMode.Gradients(builder, loss, [x])[0], new BufferRef(BufferKind.Gradient));
        Dictionary<BufferRef, double[]> results = Run(builder, rows, new() { [s_input] = golden.Input.Data, [s_upstream] = golden.Target.Data });
        AssertClose([golden.Loss], results[s_loss]);
        AssertClose(golden.InputGradient.Data, results[new BufferRef(BufferKind.Gradient)]);
    }

    private static void CheckLayer(LayerCase layer, Func<GraphBuilder, int, int> forward)
    {
        GraphBuilder builder = new();
        int x = builder.Source(s_input, Shape.OfBatch(layer.Input.Shape), "x"), upstream = builder.Source(s_upstream, Shape.OfBatch(layer.Upstream.Shape), "upstream");
        int y = forward(builder, x);
        int product = builder.Map(ScalarOp.Multiply, y, upstream);
        int loss = builder.Reshape(builder.Reduce(ReduceKind.Sum, product, [.. Enumerable.Range(0, builder[y].Shape.Rank)]), Shape.Scalar);
        Dictionary<BufferRef, double[]> content = new() { [s_input] = layer.Input.Data, [s_upstream] = layer.Upstream.Data };
        (string Name, int Node)[] parameters = [.. (layer.Parameters ?? []).Select(pair => (pair.Key, builder.Source(new BufferRef(BufferKind.Parameter, pair.Key == "bias" ? 1 : 0), Shape.Of(pair.Value.Shape), pair.Key)))];
        foreach ((string name, _) in parameters)
            content[new BufferRef(BufferKind.Parameter, name == "bias" ? 1 : 0)] = layer.Parameters![name].Data;
        int[] gradients = OptGen.Generator.Autodiff.ReverseMode.Gradients(builder, loss, [x, .. parameters.Select(parameter => parameter.Node)]);
        builder.Output(y, s_output);
        for (int i = 0; i < gradients.Length; i++)
            builder.Output(gradients[i], new BufferRef(BufferKind.Gradient, i));

        Dictionary<BufferRef, double[]> results = Run(builder, layer.Input.Shape[0], content);
        AssertClose(layer.Output.Data, results[s_output]);
        AssertClose(layer.InputGradient.Data, results[new BufferRef(BufferKind.Gradient)]);
        for (int i = 0; i < parameters.Length; i++)
            AssertClose(layer.ParameterGradients![parameters[i].Name].Data, results[new BufferRef(BufferKind.Gradient, i + 1)]);
    }

    private static Dictionary<BufferRef, double[]> Run(GraphBuilder builder, int rows, Dictionary<BufferRef, double[]> content)
    {
        TensorGraph graph = DeadCode.Run(DropStopGradients.Run(builder.Build()));
        GraphVerifier.Verify(graph);
        return new GraphInterpreter(rows).Run(graph, content);
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-10 * (1 + Math.Abs(expected[i])));
    }
}
