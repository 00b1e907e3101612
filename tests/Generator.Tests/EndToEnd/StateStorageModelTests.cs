using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Models whose optimizers keep their states in fewer bits: the fused step, the step from gradients, parameter groups, and what the files say.</summary>
public class StateStorageModelTests
{
    private const string Source = """
        [Model(Batch = 8)]
        public partial class Net
        {
            [Dense(300)] private static partial Tensor Hidden(Tensor x);
            [Dense(3)] private static partial Tensor Logits(Tensor x);
            [Forward] private static Tensor Forward([Shape(5)] Tensor x) => Logits(Relu(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>, AdamW(LearningRate = 0.01f, WeightDecay = 0.1f), StateStorage(Storage.BFloat16)] public partial class Nearest;

        [Optimizer<Net>, AdamW(LearningRate = 0.01f, WeightDecay = 0.1f), StateStorage(Storage.BFloat16, Stochastic = true), StateStorage("M", Storage.Element)]
        public partial class Stochastic;

        [Optimizer<Net>, AdamW(LearningRate = 0.01f, WeightDecay = 0.1f), StateStorage(Storage.Blockwise8), Group("Hidden.Bias", Frozen = true)] public partial class Blockwise;

        [Optimizer<Net>, AdamW(LearningRate = 0.01f, WeightDecay = 0.1f), Group("Hidden.Bias", Frozen = true)] public partial class Wide;

        public static class Probe
        {
            public static float[] Fused(bool stochastic, bool fused, float[] x, int[] labels, int steps)
            {
                Net net = new(seed: 3);
                Nearest nearest = new(net);
                Stochastic random = new(net);
                for (int step = 0; step < steps; step++)
                {
                    if (fused)
                    {
                        _ = stochastic ? random.TrainStep(x, labels) : nearest.TrainStep(x, labels);
                        continue;
                    }

                    net.Gradient(x, labels);
                    if (stochastic)
                        random.Step();
                    else
                        nearest.Step();
                }

                return net.Parameters.ToArray();
            }

            public static float[] Losses(bool wide, float[] x, int[] labels, int steps)
            {
                Net net = new(seed: 3);
                Blockwise blockwise = new(net);
                Wide other = new(net);
                float[] losses = new float[steps];
                for (int step = 0; step < steps; step++)
                    losses[step] = wide ? other.TrainStep(x, labels) : blockwise.TrainStep(x, labels);
                return losses;
            }

            public static float[] Moments(float[] x, int[] labels)
            {
                Net net = new(seed: 3);
                Blockwise blockwise = new(net);
                blockwise.TrainStep(x, labels);
                float[] decoded = new float[Net.ParameterCount];
                blockwise.V.CopyTo(decoded);
                return decoded;
            }

            public static float[] WideMoments(float[] x, int[] labels)
            {
                Net net = new(seed: 3);
                Wide wide = new(net);
                wide.TrainStep(x, labels);
                return wide.V.ToArray();
            }

            public static long AllocatedBytes(float[] x, int[] labels)
            {
                Net net = new(seed: 3);
                Stochastic random = new(net);
                Blockwise blockwise = new(net);
                random.TrainStep(x, labels);
                blockwise.TrainStep(x, labels);
                long before = GC.GetAllocatedBytesForCurrentThread();
                random.TrainStep(x, labels);
                blockwise.TrainStep(x, labels);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
        """;

    private static readonly float[] s_x = [.. Enumerable.Range(0, 40).Select(i => ((i * 7 % 11) / 5f) - 1)];
    private static readonly int[] s_labels = [0, 1, 2, 0, 1, 2, 0, 1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_fused_step_rounds_as_the_step_from_gradients_does(bool stochastic)
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Func<bool, bool, float[], int[], int, float[]> run = program.Method<Func<bool, bool, float[], int[], int, float[]>>("Fused");
        float[] fused = run(stochastic, true, s_x, s_labels, 20), parted = run(stochastic, false, s_x, s_labels, 20);

        // With one random bit taken elsewhere, or one state rounded otherwise, steps would differ by some thousandths of their size.
        Assert.All(Enumerable.Range(0, fused.Length), i => Assert.Equal(parted[i], fused[i], 2e-6f));
    }

    [Fact]
    public void States_in_blocks_train_as_float_states_do()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Func<bool, float[], int[], int, float[]> losses = program.Method<Func<bool, float[], int[], int, float[]>>("Losses");
        float[] narrow = losses(false, s_x, s_labels, 60), wide = losses(true, s_x, s_labels, 60);
        Assert.Equal(wide[0], narrow[0]);
        Assert.All(Enumerable.Range(0, 60), step => Assert.Equal(wide[step], narrow[step], 0.05f));
        Assert.True(narrow[^1] < 0.1f * narrow[0]);

        // Frozen parameters have no numbers in the blocks, and what follows them is found all the same.
        float[] decoded = program.Method<Func<float[], int[], float[]>>("Moments")(s_x, s_labels);
        float[] exact = program.Method<Func<float[], int[], float[]>>("WideMoments")(s_x, s_labels);
        float largest = exact.Max();
        Assert.All(Enumerable.Range(0, exact.Length), i => Assert.Equal(exact[i], decoded[i], 0.004f * largest));
        Assert.Contains(decoded[^3..], value => value > 0);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.Equal(0, program.Method<Func<float[], int[], long>>("AllocatedBytes")(s_x, s_labels));
    }

    [Theory]
    [InlineData("Nearest", "AdamW, fused into the backward pass.", "States: 4 bytes for each parameter (M as bfloat16; V as bfloat16).", "12 (parameters 4, gradients 4, m 2, v 2) read; 8 (parameters 4, m 2, v 2) written.")]
    [InlineData("Stochastic", "AdamW, fused into the backward pass.", "States: 6 bytes for each parameter (V as bfloat16, rounded at random).", "14 (parameters 4, gradients 4, m 4, v 2) read;")]
    [InlineData("Blockwise", "M is kept in blocks of 256 codes of 8 bits, which need the parameters in the order of memory, so the update is not fused", "States: 2.031 bytes for each parameter (M in blocks", "10.031 (parameters 4, gradients 4, m 1.016, v 1.016) read;")]
    public void The_header_says_how_states_are_kept(string name, params string[] expected)
    {
        string text = GeneratorRun.Clean(Source).Files[name + ".Step.g.cs"].Replace("\n// ", " ", StringComparison.Ordinal);
        Assert.All(expected, line => Assert.Contains(line, text, StringComparison.Ordinal));
    }
}
