using System.Reflection;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Tests.Backends;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Planning;

/// <summary>What deep networks cost: memory, text, the JIT's budget, and the time to generate them.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class DepthTests
{
    private const int Blocks = 24;

    [Fact]
    public void Memory_of_fifty_layers_is_near_what_lives_at_one_time()
    {
        Program program = new GradientProgram("Net", new ResidualNetwork(4, 8, 8, Blocks).Graph, 4, "float").Program;
        long most = 0;
        for (int kernel = -1; kernel <= program.Kernels.Count; kernel++)
            most = Math.Max(most, program.Placements.Where(place => place.Home == Home.Workspace && place.From <= kernel && kernel <= place.To).Sum(place => (long)place.Length));
        Assert.InRange(program.WorkspaceLength, most, most * 11 / 10);
        Assert.True(program.UnsharedLength > program.WorkspaceLength * 3 / 2, $"{program.UnsharedLength} elements without sharing, {program.WorkspaceLength} with it");
    }

    [Fact]
    public void Repeated_layers_share_their_code()
    {
        Program few = new GradientProgram("Net", new ResidualNetwork(4, 8, 8, 4).Graph, 4, "float").Program;
        Program many = new GradientProgram("Net", new ResidualNetwork(4, 8, 8, Blocks).Graph, 4, "float").Program;
        Assert.Equal(few.Code.Distinct().Count(), many.Code.Distinct().Count());
        Assert.True(many.Kernels.Count > 150, $"{many.Kernels.Count} kernels");
    }

    [Fact]
    public void Shared_code_finds_the_tensors_of_each_call()
    {
        const int Batch = 3;
        TensorGraph graph = new ResidualNetwork(Batch, 5, 3, 5).Graph;
        GradientProgram program = new("Net", graph, Batch, "double");
        Assembly assembly = BackendTests.Compile([program]);
        Random random = new(1);
        Dictionary<BufferRef, double[]> content = [];
        foreach (GraphNode node in graph.Nodes)
        {
            if (node.Op is SourceOp { Buffer: { Kind: BufferKind.Input or BufferKind.Parameter } buffer })
                content[buffer] = [.. Enumerable.Range(0, node.Shape.Count).Select(_ => random.NextDouble() - 0.4)];
        }

        double[] expected = program.RunOracle(content, Batch);
        BackendTests.Same(expected, program.RunLoops(assembly, content, Batch), 1e-11, "plain loops");
        foreach (int width in BackendTests.Widths)
            BackendTests.Same(expected, BackendTests.AtWidth(width, () => program.RunCpu(assembly, content, Batch)), 1e-11, $"{width} bits");
    }

    /// <summary>A model and optimizer of fifty dense layers in the user's language.</summary>
    private const string Source = """
        public sealed class Block(int width) : Layer
        {
            public override Tensor Forward(Tensor x) => Relu(x + new Dense(width).Forward(Relu(new Dense(width).Forward(x))));
        }

        [Model(Batch = 32)]
        public partial class Net
        {
            [Forward] private static Tensor Forward([Shape(64)] Tensor x)
            {
                x = Relu(new Dense(128).Forward(x));
                for (int i = 0; i < 24; i++)
                    x = new Block(128).Forward(x);
                return new Dense(10).Forward(x);
            }

            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>]
        [ClipGlobalNorm(1f)]
        [AdamW(LearningRate = 1e-3f)]
        public partial class Clipped;

        [Optimizer<Net>]
        [AdamW(LearningRate = 1e-3f)]
        public partial class Fused;
        """;

    [Fact]
    public void Methods_of_fifty_layers_stay_within_what_the_JIT_optimises()
    {
        using MemoryStream image = new();
        Assert.True(GeneratorRun.Clean(Source).Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        JitBudget.AssertKept(image.ToArray());
    }

    [Fact]
    public void Fifty_layers_are_generated_within_a_second()
    {
        // Time of the processor, since other work on the machine says nothing about the generator; the best of several, since the first ones pay for the JIT.
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && best > TimeSpan.FromSeconds(1); i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Assert.NotEmpty(GeneratorRun.Of(Source + $"\n// {i}").Files);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, (Environment.CpuUsage.TotalTime - before).Ticks));
        }

        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }
}
