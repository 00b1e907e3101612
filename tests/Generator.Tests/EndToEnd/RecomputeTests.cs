using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Emit;
using OptGen.Generator.Frontend;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Frontend;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Layers whose values are computed a second time for the backward pass, instead of being kept.</summary>
public sealed class RecomputeTests
{
    private const int Blocks = 12;

    /// <summary>Twelve blocks; <c>BODY</c> says what one computes, <c>MARK</c> whether it is recomputed.</summary>
    private const string Source = """
        MARK
        public sealed class Block(int width) : Layer
        {
            public override Tensor Forward(Tensor x) => BODY;
        }

        [Model(Batch = 16, Precision = Precision.Double)]
        public partial class Net
        {
            [Forward] private static Tensor Forward([Shape(8)] Tensor x)
            {
                x = new Dense(24).Forward(x);
                for (int i = 0; i < 12; i++)
                    x = new Block(24).Forward(x);
                return new Dense(5).Forward(x);
            }

            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>]
        [AdamW(LearningRate = 1e-2f)]
        public partial class Fused;

        [Optimizer<Net>]
        [ClipGlobalNorm(1f)]
        [AdamW(LearningRate = 1e-2f)]
        public partial class Clipped;

        public static class Probe
        {
            /// <summary>Losses of some steps, then gradients and parameters at the end.</summary>
            public static double[] Train(int rows, bool clips)
            {
                Net model = new(seed: 7);
                Fused fused = new(model);
                Clipped clipped = new(model);
                Random random = new(3);
                double[] x = new double[rows * 8];
                int[] y = new int[rows];
                System.Collections.Generic.List<double> all = [];
                for (int step = 0; step < 4; step++)
                {
                    for (int i = 0; i < x.Length; i++)
                        x[i] = random.NextDouble() * 2 - 1;
                    for (int i = 0; i < rows; i++)
                        y[i] = random.Next(5);
                    all.Add(clips ? clipped.TrainStep(x, y) : fused.TrainStep(x, y));
                }

                all.Add(model.Gradient(x, y));
                all.AddRange(model.Gradients.ToArray());
                all.AddRange(model.Parameters.ToArray());
                return [.. all];
            }
        }
        """;

    private const string Residual = "x + new Dense(width).Forward(Gelu(new Dense(width).Forward(new LayerNorm().Forward(x))))";

    public static TheoryData<string> Bodies =>
    [
        Residual,
        "Relu(x + new Dense(width).Forward(Relu(new Dense(width).Forward(x))))",
        "x + new Dropout(0.3f).Forward(new Dense(width).Forward(new Dropout(0.2f).Forward(Tanh(x))))",
        "x + Tanh(new BatchNorm().Forward(new Dense(width) { Bias = false }.Forward(Softplus(x))))",
        "Tanh(x) * Sigmoid(Sin(x)) * (width / 12f)",
        "x + Reshape(new MultiHeadAttention(2).Forward(Reshape(x, 4, 6)), width)",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Results_are_the_same(string body)
    {
        using LoadedProgram kept = LoadedProgram.Of(Text(body, recompute: false)), again = LoadedProgram.Of(Text(body, recompute: true));
        foreach (bool clips in new[] { false, true })
        {
            foreach (int rows in new[] { 1, 7, 16 })
            {
                double[] expected = kept.Method<Func<int, bool, double[]>>("Train")(rows, clips), found = again.Method<Func<int, bool, double[]>>("Train")(rows, clips);
                Assert.All(expected, number => Assert.True(double.IsFinite(number)));

                // Loops that fall into other kernels may round a sum of products differently.
                Assert.Equal(expected.Length, found.Length);
                for (int i = 0; i < expected.Length; i++)
                    Assert.True(Math.Abs(found[i] - expected[i]) <= 1e-12 * Math.Max(1, Math.Abs(expected[i])), $"{rows} rows, {i}: {found[i]} instead of {expected[i]}");
            }
        }
    }

    [Theory]
    [InlineData(Residual, 0.5)]
    [InlineData("Relu(x + new Dense(width).Forward(Relu(new Dense(width).Forward(x))))", 0.75)]
    [InlineData("x + Reshape(new MultiHeadAttention(2).Forward(Reshape(x, 4, 6)), width)", 0.5)]
    public void The_peak_of_memory_falls(string body, double atMost)
    {
        (Program[] kept, Program[] again) = (Programs(body, recompute: false), Programs(body, recompute: true));
        for (int program = 0; program < kept.Length; program++)
            Assert.InRange(again[program].WorkspaceLength, 1, (int)(kept[program].WorkspaceLength * atMost));
    }

    [Fact]
    public void Every_value_is_computed_right_before_its_layer_goes_backwards()
    {
        string[] kernels = [.. Programs(Residual, recompute: true)[0].Kernels.Select(kernel => kernel.Kernel.Name)];
        int[] again = [.. Enumerable.Range(0, kernels.Length).Where(number => kernels[number].Contains("Again", StringComparison.Ordinal))];
        Assert.True(again.Length >= Blocks, $"{again.Length} kernels compute something again:\n" + string.Join("\n", kernels));

        // Between those of one block and of the next lie the gradients of the block.
        Assert.True(again[^1] - again[0] > 2 * Blocks, string.Join("\n", kernels));
    }

    [Fact]
    public void A_layer_within_a_recomputed_one_is_a_part_of_it()
    {
        const string Inner = "[Recompute] public sealed class Inner(int width) : Layer { public override Tensor Forward(Tensor x) => Tanh(new Dense(width).Forward(Sigmoid(x))); }\n";
        ModelSpec spec = ModelSource.ReadValid(Inner + Text("x + new Inner(width).Forward(Gelu(x))", recompute: true));
        Assert.Equal(Blocks, spec.Recomputed.Count);
        Assert.Equal(Blocks, ModelSource.ReadValid(Inner + Text("x + new Inner(width).Forward(Gelu(x))", recompute: false)).Recomputed.Count);
    }

    [Fact]
    public void A_mark_on_a_layer_method_counts_for_that_method()
    {
        const string Model = """
            [Model] public partial class Net
            {
                [Recompute, MultiHeadAttention(2)] private static partial Tensor First(Tensor x);
                [MultiHeadAttention(2)] private static partial Tensor Second(Tensor x);
                [Forward] private static Tensor Forward([Shape(3, 4)] Tensor x) => Second(First(x));
                [Loss] private static Tensor Loss(Tensor y, [Shape(3, 4)] Tensor t) => MeanSquaredError(y, t);
            }
            """;
        ModelSpec spec = ModelSource.ReadValid(Model);
        TensorGraph graph = ModelPrograms.Gradient(spec);
        Assert.Contains(graph.Nodes, node => node.Again == 1);
        Assert.All(graph.Nodes.Where(node => node.Again != 0), node => Assert.StartsWith("first", node.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(ModelPrograms.Forward(spec).Nodes, node => node.Again != 0);
        GraphVerifier.Verify(graph);
    }

    [Theory]
    [InlineData("OPTG061", "[[|Recompute|], MultiHeadAttention(2)] private static partial Tensor Body(Tensor x);", "", "[Recompute] has no effect on 'Body': model 'Net' has no method marked [Loss]")]
    [InlineData("OPTG062", "[[|Recompute|], Same] private static partial Tensor Body(Tensor x);", "[Loss] private static Tensor Loss(Tensor y) => Mean(y);", "[Recompute] has no effect on 'Body': the layer keeps nothing")]
    public void A_mark_without_effect_is_reported(string id, string layer, string loss, string message)
    {
        (string source, string token, int start) = OptimizerSource.Marked($"[Model] public partial class Net {{ {layer} [Forward] private static Tensor Forward([Shape(3, 4)] Tensor x) => Body(x); {loss} }} public class Same : Layer {{ public override Tensor Forward(Tensor x) => x * 2; }}");
        Generator.Diagnostics.DiagnosticSpec found = Assert.Single(ModelSource.Read(source).Diagnostics);

        Assert.Equal((id, start, token.Length), (found.Id, found.Span.Start, found.Span.Length));
        Assert.Contains(message, found.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[|Recompute|]] public class C;", "'C', which is no layer")]
    [InlineData("[[|Recompute|]] [Model] public partial class C { }", "'C', which is no layer")]
    [InlineData("[Model] public partial class C { [[|Recompute|]] private static Tensor Twice(Tensor x) => x + x; }", "'Twice', which is no layer")]
    public async Task A_mark_on_what_is_no_layer_is_reported(string text, string message)
    {
        (string source, string token, int start) = OptimizerSource.Marked(text);
        Diagnostic found = Assert.Single(await OptimizerSource.Analyze<LayerUsageAnalyzer>(source));

        Assert.Equal(("OPTG060", start, token.Length), (found.Id, found.Location.SourceSpan.Start, found.Location.SourceSpan.Length));
        Assert.Contains(message, found.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marks_on_layers_are_not_reported() => Assert.Empty(await OptimizerSource.Analyze<LayerUsageAnalyzer>(
        "[Recompute] public class Same : Layer { } [Model] public partial class C { [Recompute, Dense(3)] private static partial Tensor Body(Tensor x); }"));

    private static string Text(string body, bool recompute) =>
        Source.Replace("MARK", recompute ? "[Recompute]" : "", StringComparison.Ordinal).Replace("BODY", body, StringComparison.Ordinal);

    /// <summary>The gradient, and the step of the fused optimizer.</summary>
    private static Program[] Programs(string body, bool recompute)
    {
        GeneratorRun run = GeneratorRun.Clean(Text(body, recompute));
        OptimizerSpec optimizer = run.Result.TrackedSteps[TrackingNames.BoundOptimizer].SelectMany(step => step.Outputs).Select(output => (OptimizerSpec)output.Value).Single(spec => spec.Class.Name == "Fused");
        return [ProgramCompiler.Gradient(optimizer.Model!), ProgramCompiler.TrainStep(new OptimizerText(optimizer))!];
    }
}
