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

/// <summary>Joined tensors: each part lies in the memory of the whole, written there by its producer where it can.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class ConcatProgramTests
{
    private const int Graphs = 70;

    [Fact]
    public void Random_graphs_that_join_tensors_agree_with_the_interpreter_at_every_width()
    {
        RandomGraph[] graphs = [.. Enumerable.Range(0, Graphs).Select(seed => new RandomGraph(1000 + seed, joins: true))];
        Assert.True(graphs.Count(random => random.Builder.Build().Nodes.Any(node => node.Op is ConcatOp)) > Graphs / 2);
        BackendTests.GradientsAgree(graphs, i => $"seed {1000 + i}");
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(8, 1)]
    [InlineData(2, 0)]
    [InlineData(8, 0)]
    public void Parts_are_copied_in_vectors_without_conditions(int parts, int axis)
    {
        string inputs = string.Join(", ", Enumerable.Range(0, parts).Select(i => $"[Shape(6, 16)] Tensor x{i}")), all = string.Join(", ", Enumerable.Range(0, parts).Select(i => $"x{i}"));
        KernelList kernels = Fuse.Run(ModelPrograms.Forward(Read($"[Forward] private static Tensor Forward({inputs}) => Concat({axis}, {all});")));
        Assert.Equal(parts, kernels.Kernels.Count);
        ProgramOptions options = new("Forward", "", "float", 4, ["inverseRows"], [], [.. Enumerable.Range(0, parts).Select(i => $"x{i}")], ["y"], [], false);
        foreach (Kernel kernel in kernels.Kernels)
        {
            Assert.All(kernel.Stages.SelectMany(stage => stage.Operands).Cast<LoadOperand>(), load => Assert.Empty(load.Guards));
            StoreSink store = Assert.IsType<StoreSink>(Assert.Single(Assert.Single(kernel.Stages).Sinks));
            int lanes = NestScheduler.Plan(kernel, options).VectorAxis;
            Assert.True(lanes >= 0 && store.Strides[lanes] == 1, kernel.Summary);
        }
    }

    [Fact]
    public void Producers_write_straight_into_the_whole()
    {
        ModelSpec model = Read("""
            [Dense(16)] private static partial Tensor Left(Tensor x);
            [Dense(32)] private static partial Tensor Right(Tensor x);
            [Forward] private static Tensor Forward([Shape(8)] Tensor x) => Concat(0, Tanh(Left(x)), x, Right(x));
            """);
        KernelList kernels = Fuse.Run(ModelPrograms.Forward(model));
        Assert.Equal(3, kernels.Kernels.Count);
        int whole = Enumerable.Range(0, kernels.Tensors.Count).Single(tensor => kernels.Tensors[tensor].External?.Kind == BufferKind.Prediction);
        Assert.Equal([0, 16, 24], kernels.Kernels.SelectMany(kernel => kernel.Stages).SelectMany(stage => stage.Sinks).OfType<StoreSink>().Where(store => store.Tensor == whole).Select(store => store.Offset).Order());
        Assert.Equal(6, kernels.Tensors.Count); // x, two kernels, two biases, and the whole.
    }

    [Fact]
    public void What_overwrites_a_parameter_is_joined_beside_it_first()
    {
        GraphBuilder graph = new();
        int w = graph.Source(new BufferRef(BufferKind.Parameter), Shape.Of(4), "w");
        int turned = graph.Concat([graph.Slice(w, [1], [1], Shape.Of(3)), graph.Slice(w, [0], [1], Shape.Of(1))], 0, "turned");
        graph.Output(turned, new BufferRef(BufferKind.Parameter));
        KernelList kernels = Fuse.Run(graph.Build());
        Assert.Equal(3, kernels.Kernels.Count);
        Assert.All(kernels.Kernels.Take(2).SelectMany(kernel => kernel.Stages).SelectMany(stage => stage.Sinks).Cast<StoreSink>(), store => Assert.Null(kernels.Tensors[store.Tensor].External));
    }

    private static ModelSpec Read(string body) => ModelSource.ReadValid($$"""
        [Model(Batch = 4)]
        public partial class Net
        {
            {{body}}
        }
        """);
}
