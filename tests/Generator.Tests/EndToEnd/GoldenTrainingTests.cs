using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Whole runs on the digits, from the declaration to every step's loss, against PyTorch in double precision.</summary>
public class GoldenTrainingTests
{
    // PyTorch decays biases like everything else.
    private const string AdamW = "[AdamW(LearningRate = 1e-3f, WeightDecay = 1e-2f)]\n[Group(\"*\", Decay = true)]";
    private const string Nesterov = "[Sgd(LearningRate = 0.05f, Momentum = 0.9f, Nesterov = true)]";

    [Theory]
    [InlineData("MlpAdamW", AdamW, false, 1e-4)]
    [InlineData("MlpAdamW", AdamW, true, 1e-9)]
    [InlineData("MlpNesterov", Nesterov, false, 1e-4)]
    [InlineData("MlpNesterov", Nesterov, true, 1e-9)]
    public void Every_loss_is_that_of_the_reference(string name, string optimizer, bool isDouble, double tolerance)
    {
        TrainingRun run = GoldenFile.Training.Single(run => run.Name == name);
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(optimizer, run.Batch, 64, run.Initial["hidden.bias"].Data.Length, 10, isDouble), isDouble);
        probe.SetParameters(Flat(run.Initial));

        for (int step = 0; step < run.Steps; step++)
        {
            (double[] pixels, double[] labels) = Digits.Batch(run.Batch, step);
            double loss = probe.TrainStep(pixels, [.. labels.Select(label => (int)label)]);
            Assert.True(Math.Abs(loss - run.Losses[step]) <= tolerance * run.Losses[step], $"step {step}: {loss} instead of {run.Losses[step]}");
        }

        // The reference keeps nine digits.
        double[] expected = Flat(run.Final), actual = probe.Parameters();
        Assert.Equal(expected.Length, actual.Length);
        double farthest = expected.Zip(actual, (want, got) => Math.Abs(want - got)).Max();
        Assert.True(farthest <= (isDouble ? 2e-9 : 2e-3), $"a parameter ended {farthest} off");
    }

    /// <summary>The reference's weights, which it stores transposed, in the order of the model's layout.</summary>
    private static double[] Flat(Dictionary<string, GoldenTensor> tensors) =>
        [.. Transposed(tensors["hidden.weight"]), .. Transposed(tensors["logits.weight"]), .. tensors["hidden.bias"].Data, .. tensors["logits.bias"].Data];

    private static IEnumerable<double> Transposed(GoldenTensor tensor)
    {
        for (int column = 0; column < tensor.Shape[1]; column++)
        {
            for (int row = 0; row < tensor.Shape[0]; row++)
                yield return tensor.Data[(row * tensor.Shape[1]) + column];
        }
    }
}
