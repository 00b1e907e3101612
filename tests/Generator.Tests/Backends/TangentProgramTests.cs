using System.Reflection;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Frontend;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Backends;

/// <summary>Programs that compute gradients and Hessian-vector products, forward over reverse: the emitted code against the interpreter, and how its kernels are scheduled.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class TangentProgramTests
{
    private const int Graphs = 24;

    private static readonly (string Name, Func<TensorGraph> Model, int Batch)[] s_models =
    [
        ("Perceptron", () => Backends.Networks.Mlp(9, 17, 20, 5).Graph, 9),
        ("Cell", () => new RecurrentCell(5, 7, 4, 17, backwards: false).WithLoss, 5),
        ("BackwardCell", () => new RecurrentCell(2, 6, 3, 8, backwards: true).WithLoss, 2),
        ("Convolutional", () => Model("[Conv2D(16, 3, Same = true)] private static partial Tensor Conv(Tensor x); [MaxPool2D(2)] private static partial Tensor Pool(Tensor x);", "Pool(Tanh(Conv(x)))", "8, 8, 3"), 4),
        ("Normalized", () => Model("[Dense(12)] private static partial Tensor Inner(Tensor x); [LayerNorm] private static partial Tensor Norm(Tensor x);", "x + Gelu(Inner(Norm(x)))", "12"), 4),
        ("Attention", () => Model("[MultiHeadAttention(2, Causal = true)] private static partial Tensor Attend(Tensor x);", "Attend(x)", "5, 8"), 4),
        ("Dropped", () => Model("[Dense(9)] private static partial Tensor Inner(Tensor x); [Dropout(0.5f)] private static partial Tensor Drop(Tensor x);", "Drop(Tanh(Inner(x)))", "7"), 4),
    ];

    [Fact]
    public void Hessian_vector_products_agree_with_the_interpreter_at_every_width_and_for_part_batches()
    {
        (GradientProgram Program, Dictionary<BufferRef, double[]> Content, int Batch, string Name)[] programs =
        [
            .. Enumerable.Range(0, Graphs).Select(seed =>
            {
                RandomGraph random = new(seed);
                TensorGraph graph = WithProducts(random.Builder.Build());
                return (new GradientProgram("Random" + seed, graph, random.Batch, "double"), Draw(graph, seed), random.Batch, $"seed {seed}");
            }),
            .. s_models.Select((model, i) =>
            {
                TensorGraph graph = WithProducts(model.Model());
                return (new GradientProgram(model.Name, graph, model.Batch, "double"), Draw(graph, i), model.Batch, model.Name);
            }),
        ];
        Assembly assembly = BackendTests.Compile(programs.Select(each => each.Program));
        foreach ((GradientProgram program, Dictionary<BufferRef, double[]> content, int batch, string name) in programs)
        {
            foreach (int rows in new[] { 1, batch }.Distinct())
                BackendTests.Agree(program, assembly, content, rows, 1e-10, name, withLoops: name != "Dropped");
        }
    }

    [Theory]
    [InlineData("Perceptron")]
    [InlineData("Convolutional")]
    public void Products_of_a_program_with_tangents_run_in_tiles_as_those_of_the_gradient_do(string name)
    {
        TensorGraph model = s_models.Single(each => each.Name == name).Model();
        int batch = s_models.Single(each => each.Name == name).Batch;
        Program program = new GradientProgram("Net", WithProducts(model), batch, "float").Program;
        PlannedKernel[] products = [.. program.Kernels.Where(kernel => ContractionScheduler.IsSumOfProducts(kernel.Kernel.Stages[0]) && kernel.Kernel.Stages[0].Inner.Count > 0)];
        Assert.True(products.Length >= 4, $"{products.Length} products");
        foreach (PlannedKernel kernel in products)
            Assert.True(kernel.Schedule is not NestSchedule, $"{kernel.Kernel.Summary} runs as {kernel.Schedule}");
    }

    /// <summary>The loss of a graph, the gradient of each parameter, and behind these the product of the Hessian with a direction, which is given as more parameters.</summary>
    private static TensorGraph WithProducts(TensorGraph model)
    {
        GraphBuilder graph = new(model);
        GraphOutput loss = model.Outputs.Single(output => output.Target.Kind == BufferKind.Loss);
        graph.ClearOutputs();
        graph.Output(loss.Node, loss.Target);
        int[] parameters = [.. Enumerable.Range(0, model.Nodes.Count).Where(node => model.Nodes[node].Op is SourceOp { Buffer.Kind: BufferKind.Parameter })
            .OrderBy(node => ((SourceOp)model.Nodes[node].Op).Buffer.Index)];
        int[] directions = [.. parameters.Select((node, p) => graph.Source(new BufferRef(BufferKind.Parameter, parameters.Length + p), graph[node].Shape, "direction" + p))];
        int[] gradients = ReverseMode.Gradients(graph, loss.Node, parameters);
        int[] products = ForwardMode.Tangents(graph, [.. parameters.Zip(directions)], gradients);
        for (int p = 0; p < parameters.Length; p++)
        {
            graph.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
            graph.Output(products[p], new BufferRef(BufferKind.Gradient, parameters.Length + p));
        }

        return ModelPrograms.Finish(graph.Build());
    }

    private static Dictionary<BufferRef, double[]> Draw(TensorGraph graph, int seed)
    {
        Random random = new(seed);
        return graph.Nodes.Where(node => node.Op is SourceOp { Buffer.Kind: BufferKind.Input or BufferKind.Parameter }).ToDictionary(
            node => ((SourceOp)node.Op).Buffer,
            node => Enumerable.Range(0, node.Shape.Count).Select(_ => node.Name == "labels" ? random.Next(5) : (random.NextDouble() * 2) - 1).ToArray());
    }

    private static TensorGraph Model(string layers, string forward, string shape) => ModelSource.ReadValid($$"""
        [Model(Batch = 4)]
        public partial class Net
        {
            {{layers}}
            [Forward] private static Tensor Forward([Shape({{shape}})] Tensor x) => {{forward}};
            [Loss] private static Tensor Loss(Tensor y) => Mean(Square(y) * y) + Mean(Square(y));
        }
        """).Graph;
}
