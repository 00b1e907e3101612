using System.Reflection;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>Every layer, elementwise function and loss of the library as it is read, against the reference and against itself when it runs. New ones are found by reflection.</summary>
public class LibraryCatalogueTests
{
    private static readonly BufferRef s_input = new(BufferKind.Input), s_second = new(BufferKind.Input, 1), s_prediction = new(BufferKind.Prediction), s_loss = new(BufferKind.Loss);
    private const double Tolerance = 1e-10;

    private static readonly float[] s_points = [-30, -3.5f, -1, -0.4f, -1e-4f, 0, 1e-4f, 0.3f, 1, 2.5f, 30];

    public static TheoryData<string> Functions =>
        [.. typeof(Ops).GetMethods().Where(method => method.ReturnType == typeof(Tensor) && Takes(method, typeof(Tensor)) && Scalar(method.Name) is not null).Select(method => method.Name)];

    public static TheoryData<string> Activations => [.. Functions.Select(row => row.Data).Where(name => GoldenFile.Layers.Layers.Any(golden => golden.Name == name))];

    public static TheoryData<string> Losses => [.. GoldenFile.Layers.Losses
        .Where(golden => typeof(Ops).GetMethods().Any(method => Takes(method, typeof(Tensor), golden.Target.Shape.Length == 1 ? typeof(Labels) : typeof(Tensor)) && method.Name == LossName(golden)))
        .Select(golden => golden.Name)];

    [Fact]
    public void The_catalogue_is_not_empty()
    {
        Assert.Superset(new HashSet<string> { "Relu", "Tanh", "Sigmoid" }, Activations.Select(row => row.Data).ToHashSet());
        Assert.Superset(new HashSet<string> { "SoftmaxCrossEntropy", "SoftmaxCrossEntropyExtremeLogits", "MeanSquaredError" }, Losses.Select(row => row.Data).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_is_compiled_to_what_it_computes_when_it_runs(string name)
    {
        TensorGraph graph = ModelSource.Forward($"return {name}(x);");
        ScalarFunction function = Assert.IsType<MapOp>(graph.Nodes[^1].Op).Body;
        foreach (float x in s_points)
        {
            float expected = (float)Scalar(name)!.Invoke(null, [x])!;
            double actual = ScalarInterpreter.Evaluate(function, x)[0];
            // Where a function is the difference of larger numbers, what runs in float is exact to the rounding of its argument.
            Assert.True(float.IsNaN(expected) ? double.IsNaN(actual) : expected == actual || Math.Abs(expected - actual) <= 1e-6 * Math.Max(Math.Abs(expected), Math.Abs(x)), $"{name}({x}) is {actual}, not {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void An_activation_agrees_with_the_reference(string name) =>
        CheckLayer(GoldenFile.Layers.Layers.Single(golden => golden.Name == name), s_options.TryGetValue(name, out string? call) ? call : $"{name}(x)", "", s_tolerances.GetValueOrDefault(name, Tolerance));

    /// <summary>Where the reference was computed with other options than ours are by default.</summary>
    private static readonly Dictionary<string, string> s_options = new() { ["Celu"] = "Celu(x, 1.3f)" };

    /// <summary>PyTorch keeps the constant 1/6 of the hard sigmoid and 1/α in the gradient of the CELU in float, even for double.</summary>
    private static readonly Dictionary<string, double> s_tolerances = new() { ["HardSigmoid"] = 1e-7, ["HardSwish"] = 1e-7, ["Celu"] = 1e-7 };

    [Theory]
    [InlineData("Dense", "Dense(11)")]
    [InlineData("DenseNoBias", "Dense({0}, Bias = false)")]
    public void A_dense_layer_agrees_with_the_reference(string name, string attribute)
    {
        LayerCase golden = GoldenFile.Layers.Layers.Single(golden => golden.Name == name);
        CheckLayer(golden, "Layer(x)", $"[{string.Format(System.Globalization.CultureInfo.InvariantCulture, attribute, golden.Output.Shape[^1])}] private static partial Tensor Layer(Tensor x);");
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_agrees_with_the_reference(string name)
    {
        LossCase golden = GoldenFile.Layers.Losses.Single(loss => loss.Name == name);
        bool labels = golden.Target.Shape.Length == 1;
        ModelSpec spec = ModelSource.ReadValid($$"""
            [Model(Batch = {{golden.Input.Shape[0]}}, Precision = Precision.Double)]
            public partial class Net
            {
                [Forward] private static Tensor Forward([Shape({{Sizes(golden.Input)}})] Tensor x) => x;
                [Loss] private static Tensor Loss(Tensor y, {{(labels ? "[Shape] Labels" : $"[Shape({Sizes(golden.Target)})] Tensor")}} target) => {{LossName(golden)}}(y, target);
            }
            """);
        GraphBuilder builder = new(spec.Graph);
        int loss = spec.Graph.Outputs.Single(output => output.Target == s_loss).Node;
        builder.Output(ReverseMode.Gradients(builder, loss, [Source(spec.Graph, s_input)])[0], new BufferRef(BufferKind.Gradient));
        Dictionary<BufferRef, double[]> results = Run(builder, spec.Batch, new() { [s_input] = golden.Input.Data, [s_second] = golden.Target.Data });

        AssertClose([golden.Loss], results[s_loss]);
        AssertClose(golden.InputGradient.Data, results[new BufferRef(BufferKind.Gradient)]);
    }

    private static void CheckLayer(LayerCase golden, string expression, string members, double tolerance = Tolerance)
    {
        ModelSpec spec = ModelSource.ReadValid($$"""
            [Model(Batch = {{golden.Input.Shape[0]}}, Precision = Precision.Double)]
            public partial class Net
            {
                {{members}}
                [Forward] private static Tensor Forward([Shape({{Sizes(golden.Input)}})] Tensor x) => {{expression}};
            }
            """);
        GraphBuilder builder = new(spec.Graph);
        int y = spec.Graph.Outputs.Single().Node;
        int upstream = builder.Source(s_second, builder[y].Shape, "upstream");
        int total = builder.Reduce(ReduceKind.Sum, builder.Map(ScalarOp.Multiply, y, upstream), [.. Enumerable.Range(0, builder[y].Shape.Rank)]);
        int[] sources = [Source(spec.Graph, s_input), .. spec.Parameters.Select((_, i) => Source(spec.Graph, new BufferRef(BufferKind.Parameter, i)))];
        int[] gradients = ReverseMode.Gradients(builder, builder.Reshape(total, Shape.Scalar), sources);
        for (int i = 0; i < gradients.Length; i++)
            builder.Output(gradients[i], new BufferRef(BufferKind.Gradient, i));

        Dictionary<BufferRef, double[]> content = new() { [s_input] = golden.Input.Data, [s_second] = golden.Upstream.Data };
        for (int i = 0; i < spec.Parameters.Count; i++)
            content[new BufferRef(BufferKind.Parameter, i)] = Ours(golden.Parameters![Theirs(spec.Parameters[i])]);
        Dictionary<BufferRef, double[]> results = Run(builder, spec.Batch, content);

        AssertClose(golden.Output.Data, results[s_prediction], tolerance);
        AssertClose(golden.InputGradient.Data, results[new BufferRef(BufferKind.Gradient)], tolerance);
        for (int i = 0; i < spec.Parameters.Count; i++)
            AssertClose(Ours(golden.ParameterGradients![Theirs(spec.Parameters[i])]), results[new BufferRef(BufferKind.Gradient, i + 1)]);
    }

    private static Dictionary<BufferRef, double[]> Run(GraphBuilder builder, int rows, Dictionary<BufferRef, double[]> content)
    {
        TensorGraph graph = DeadCode.Run(DropStopGradients.Run(builder.Build()));
        GraphVerifier.Verify(graph);
        return new GraphInterpreter(rows).Run(graph, content);
    }

    private static int Source(TensorGraph graph, BufferRef buffer) =>
        Enumerable.Range(0, graph.Nodes.Count).Single(node => graph.Nodes[node].Op is SourceOp source && source.Buffer == buffer);

    /// <summary>The reference keeps a kernel as [out, in].</summary>
    private static double[] Ours(GoldenTensor tensor) => tensor.Shape.Length == 1
        ? tensor.Data
        : [.. Enumerable.Range(0, tensor.Data.Length).Select(i => tensor.Data[(i % tensor.Shape[0] * tensor.Shape[1]) + (i / tensor.Shape[0])])];

    private static string Theirs(ParameterSpec parameter) => parameter.Kind == Specs.ParameterKind.Bias ? "bias" : "weight";

    /// <summary>A reference for one loss at special inputs has its name and then what is special.</summary>
    private static string LossName(LossCase golden) => golden.Name.Replace("ExtremeLogits", "", StringComparison.Ordinal);

    private static string Sizes(GoldenTensor tensor) => string.Join(", ", tensor.Shape.Skip(1));

    private static bool Takes(MethodInfo method, params Type[] types) => method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(types);

    private static MethodInfo? Scalar(string name) => typeof(Ops).GetMethod(name, [typeof(float)]);

    private static void AssertClose(double[] expected, double[] actual, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * (1 + Math.Abs(expected[i])));
    }
}
