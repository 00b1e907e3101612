using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>What callers pass: part batches, any number of rows for a prediction, and mistakes, which change nothing.</summary>
public class CallTests
{
    private const string AdamW = "[AdamW(LearningRate = 1e-2f)]";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_gradient_of_a_part_batch_is_the_mean_over_its_rows(int rows)
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW, isDouble: true), isDouble: true);
        (double[] x, int[] y) = TrainingProbe.Data(8);

        // What a full batch leaves in the workspace must not leak into the part.
        probe.Gradient(x, y);
        double loss = 0;
        double[] mean = new double[probe.Gradients().Length];
        for (int row = 0; row < rows; row++)
        {
            loss += probe.Gradient(x[(row * 6)..((row + 1) * 6)], [y[row]]) / rows;
            double[] gradients = probe.Gradients();
            for (int i = 0; i < mean.Length; i++)
                mean[i] += gradients[i] / rows;
        }

        probe.Gradient(x, y);
        Assert.Equal(loss, probe.Gradient(x[..(rows * 6)], y[..rows]), 1e-12);
        Assert.All(mean.Zip(probe.Gradients()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(loss, probe.Evaluate(x[..(rows * 6)], y[..rows]), 1e-12);
        Assert.Equal(loss, probe.TrainStep(x[..(rows * 6)], y[..rows]), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void A_prediction_takes_any_number_of_rows(int rows)
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW, isDouble: true), isDouble: true);
        (double[] x, _) = TrainingProbe.Data(rows);
        double[] together = probe.Predict(x, rows * 3);
        double[] alone = [.. Enumerable.Range(0, rows).SelectMany(row => probe.Predict(x[(row * 6)..((row + 1) * 6)], 3))];
        Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.True(together.Distinct().Count() > rows);
    }

    [Fact]
    public void A_prediction_of_no_rows_does_nothing()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        Assert.Equal([0.0], probe.Predict([], 1));
    }

    [Fact]
    public void Evaluation_changes_nothing()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        (double[] x, int[] y) = TrainingProbe.Data(8);
        double loss = probe.Gradient(x, y);
        double[] parameters = probe.Parameters(), gradients = probe.Gradients();
        Assert.Equal(loss, probe.Evaluate(x, y), 1e-6);
        Assert.Equal(parameters, probe.Parameters());
        Assert.Equal(gradients, probe.Gradients());
    }

    [Theory]
    [InlineData("part of a row")]
    [InlineData("no rows")]
    [InlineData("too many rows")]
    [InlineData("labels missing")]
    [InlineData("label too large")]
    [InlineData("label negative")]
    public void A_wrong_argument_is_named_and_changes_nothing(string mistake)
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        (double[] x, int[] y) = TrainingProbe.Data(9);
        (double[] X, int[] Y, string Name) call = mistake switch
        {
            "part of a row" => (x[..47], y[..8], "x"),
            "no rows" => ([], [], "x"),
            "too many rows" => (x, y, "x"),
            "labels missing" => (x[..48], y[..7], "y"),
            "label too large" => (x[..48], [.. y[..7], 3], "y"),
            _ => (x[..48], [.. y[..7], -1], "y"),
        };
        probe.TrainStep(x[..48], y[..8]);
        double[] parameters = probe.Parameters();

        foreach (Func<double[], int[], double> method in new[] { probe.TrainStep, probe.Gradient, probe.Evaluate })
            Assert.Equal(call.Name, Assert.ThrowsAny<ArgumentException>(() => method(call.X, call.Y)).ParamName);
        Assert.Equal(parameters, probe.Parameters());
        Assert.Equal(1, probe.StepCount());
        Assert.Throws<ArgumentOutOfRangeException>(() => probe.SetStepCount(-1));
    }

    [Fact]
    public void A_prediction_needs_room_for_its_outputs()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        (double[] x, _) = TrainingProbe.Data(9);
        Assert.Equal("logits", Assert.ThrowsAny<ArgumentException>(() => probe.Predict(x, 26)).ParamName);
    }

    [Theory]
    [InlineData(AdamW)]
    [InlineData("[ClipGlobalNorm(0.1f)][AdamW]")]
    [InlineData("[Sgd(Momentum = 0.9f)][StepDecay(Every = 10, Factor = 0.5f)]")]
    public void Nothing_is_allocated_after_the_first_call(string optimizer)
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(optimizer));
        (double[] x, int[] y) = TrainingProbe.Data(8);
        Assert.Equal(0, probe.AllocatedBytes(x, y, 24));
    }
}
