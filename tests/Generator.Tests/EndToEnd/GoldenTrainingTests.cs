using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Whole runs on the digits, from the declaration to every step's loss and gradient norm, against PyTorch in double precision, at every vector width.</summary>
[Collection(RuntimeSettings.Name)]
public class GoldenTrainingTests
{
    private static readonly string[] s_perceptron = ["hidden.weight", "logits.weight", "hidden.bias", "logits.bias"];

    /// <summary>How each run of the reference is declared here, its tensors in the order of the model's layout, and how far off float may be.</summary>
    private static readonly Dictionary<string, Run> s_runs = new()
    {
        // PyTorch decays biases like everything else.
        ["MlpAdamW"] = new((batch, isDouble) => Perceptron("[AdamW(LearningRate = 1e-3f, WeightDecay = 1e-2f)]\n[Group(\"*\", Decay = true)]", batch, isDouble), s_perceptron),
        ["MlpNesterov"] = new((batch, isDouble) => Perceptron("[Sgd(LearningRate = 0.05f, Momentum = 0.9f, Nesterov = true)]", batch, isDouble), s_perceptron),
        ["MlpRpropFullBatch"] = new((batch, isDouble) => Perceptron("[Rprop(LearningRate = 0.01f)]", batch, isDouble), s_perceptron),
        ["ResidualAdamClipped"] = new(
            (batch, isDouble) => Model(
                batch,
                isDouble,
                """
                [Dense(22)] private static partial Tensor Stem(Tensor x);
                [LayerNorm] private static partial Tensor Norm(Tensor x);
                [Dense(22)] private static partial Tensor Block(Tensor x);
                [Dense(10)] private static partial Tensor Head(Tensor x);

                [Forward]
                private static Tensor Forward([Shape(64)] Tensor x)
                {
                    Tensor stem = Tanh(Stem(x));
                    return Head(stem + Gelu(Block(Norm(stem))));
                }
                """,
                "[ClipGlobalNorm(0.5f)]\n[Adam(LearningRate = 2e-3f)]"),
            ["stem.weight", "block.weight", "head.weight", "stem.bias", "norm.weight", "norm.bias", "block.bias", "head.bias"]),
        ["CnnRmsProp"] = new(
            (batch, isDouble) => Model(
                batch,
                isDouble,
                """
                [Conv2D(4, 3, Same = true)] private static partial Tensor Conv1(Tensor x);
                [Conv2D(8, 3, Same = true)] private static partial Tensor Conv2(Tensor x);
                [MaxPool2D(2)] private static partial Tensor Pool(Tensor x);
                [Dense(10)] private static partial Tensor Head(Tensor x);

                [Forward] private static Tensor Forward([Shape(8, 8, 1)] Tensor x) => Head(Flatten(Pool(Relu(Conv2(Pool(Relu(Conv1(x))))))));
                """,
                "[RmsProp(LearningRate = 1e-3f)]"),
            ["conv1.weight", "conv2.weight", "head.weight", "conv1.bias", "conv2.bias", "head.bias"]),
    };

    public static TheoryData<string, bool> Runs
    {
        get
        {
            TheoryData<string, bool> rows = [];
            foreach (TrainingRun run in GoldenFile.Training)
            {
                rows.Add(run.Name, true);
                rows.Add(run.Name, false);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_loss_is_that_of_the_reference(string name, bool isDouble)
    {
        TrainingRun run = GoldenFile.Training.Single(run => run.Name == name);
        Run ours = s_runs[name];
        double tolerance = isDouble ? 1e-9 : 1e-4;
        using TrainingProbe probe = TrainingProbe.Of(ours.Declare(run.Batch, isDouble), isDouble);
        double[] initial = Flat(ours, run.Initial), final = Flat(ours, run.Final);
        (double[] Pixels, int[] Labels)[] batches = [.. Enumerable.Range(0, run.Steps).Select(step => Batch(run, step))];
        VectorWidths.Each(width =>
        {
            probe.New(1);
            probe.SetParameters(initial);

            // The whole run at the widest vectors; at the others as far as 8,000 rows, for the sake of time.
            bool isWhole = width == VectorWidths.All[0];
            int steps = isWhole ? run.Steps : Math.Min(run.Steps, 8_000 / run.Batch);
            for (int step = 0; step < steps; step++)
            {
                (double[] pixels, int[] labels) = batches[step];
                if (isWhole)
                {
                    probe.Gradient(pixels, labels);
                    double norm = Math.Sqrt(probe.Gradients().Sum(g => g * g));
                    Assert.True(Math.Abs(norm - run.GradientNorms[step]) <= 10 * tolerance * run.GradientNorms[step], $"step {step}: gradient of norm {norm} instead of {run.GradientNorms[step]}");
                }

                double loss = probe.TrainStep(pixels, labels);
                Assert.True(Math.Abs(loss - run.Losses[step]) <= tolerance * run.Losses[step], $"{width} bits, step {step}: {loss} instead of {run.Losses[step]}");
            }

            if (!isWhole)
                return;

            // The reference keeps nine digits.
            double[] actual = probe.Parameters();
            Assert.Equal(final.Length, actual.Length);
            double farthest = final.Zip(actual, (want, got) => Math.Abs(want - got)).Max();
            Assert.True(farthest <= (isDouble ? 2e-9 : 2e-3), $"{width} bits: a parameter ended {farthest} off");
        });
    }

    private static (double[] Pixels, int[] Labels) Batch(TrainingRun run, int step)
    {
        (double[] pixels, double[] labels) = Digits.Batch(run.Batch, step);
        return (pixels, [.. labels.Select(label => (int)label)]);
    }

    private static string Perceptron(string optimizer, int batch, bool isDouble) => TrainingProbe.Classifier(optimizer, batch, 64, 22, 10, isDouble);

    private static string Model(int batch, bool isDouble, string network, string optimizer) => $$"""
        [Model(Batch = {{batch}}{{(isDouble ? ", Precision = Precision.Double" : "")}})]
        public partial class Net
        {
        {{network}}
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>]
        {{optimizer}}
        public partial class Opt;
        """;

    /// <summary>The reference's weights, which it stores with outputs and channels first, in the order of the model's layout.</summary>
    private static double[] Flat(Run run, Dictionary<string, GoldenTensor> tensors)
    {
        Assert.Equal(tensors.Keys.Order(), run.Tensors.Order());
        return [.. run.Tensors.SelectMany(name => (name, tensors[name]) switch
        {
            // Behind the last pooling there are 2 × 2 positions of 8 channels.
            ("head.weight", { Shape: [10, 32] } head) => GoldenCases.Permute(new GoldenTensor([10, 8, 2, 2], head.Data), [2, 3, 1, 0]).Data,
            (_, { Shape.Length: 4 } kernel) => GoldenCases.Permute(kernel, [2, 3, 1, 0]).Data,
            (_, { Shape.Length: 2 } kernel) => GoldenCases.Permute(kernel, [1, 0]).Data,
            (_, var tensor) => tensor.Data,
        })];
    }

    private sealed record Run(Func<int, bool, string> Declare, string[] Tensors);
}
