using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>What a training step must hold whatever the model: the faults that fused steps are known for.</summary>
public class TrainStepTests
{
    private const string AdamW = "[AdamW(LearningRate = 1e-2f, WeightDecay = 1e-1f)]";

    [Theory]
    [InlineData(AdamW, true, 1, 1e-13)]
    [InlineData(AdamW, true, 50, 1e-9)]
    [InlineData(AdamW, false, 1, 1e-5)]
    [InlineData(AdamW + "[WarmupCosine(Warmup = 5, Total = 40)]", true, 50, 1e-9)]
    [InlineData("[Sgd(LearningRate = 0.1f, Momentum = 0.9f, WeightDecay = 0.01f)]", true, 50, 1e-9)]
    [InlineData("[Adam]", true, 50, 1e-9)]
    [InlineData("[ClipGlobalNorm(0.1f)][AdamW]", true, 50, 0)]
    public void A_fused_step_is_the_gradient_and_then_the_step(string optimizer, bool isDouble, int steps, double tolerance)
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(optimizer, isDouble: isDouble), isDouble);
        (double[] x, int[] y) = TrainingProbe.Data(8);
        List<double> fusedLosses = [], losses = [];
        probe.New(3);
        for (int step = 0; step < steps; step++)
            fusedLosses.Add(probe.TrainStep(x, y));
        double[] fused = probe.Parameters();
        probe.New(3);
        for (int step = 0; step < steps; step++)
        {
            losses.Add(probe.Gradient(x, y));
            probe.Step();
        }

        double[] unfused = probe.Parameters();
        Assert.Equal(steps, probe.StepCount());
        Assert.All(fusedLosses.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, Math.Max(tolerance, 1e-12)));
        Assert.All(fused.Zip(unfused), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Theory]
    [InlineData("[Sgd(LearningRate = 0.1f)]")]
    [InlineData("[ClipGlobalNorm(1e6f)][Sgd(LearningRate = 0.1f)]")]
    public void Every_parameter_with_a_gradient_moves_against_it(string optimizer)
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(optimizer, isDouble: true), isDouble: true);
        (double[] x, int[] y) = TrainingProbe.Data(8);
        double[] before = probe.Parameters();
        probe.Gradient(x, y);
        double[] gradients = probe.Gradients();
        probe.TrainStep(x, y);
        double[] after = probe.Parameters();

        Assert.True(gradients.Count(gradient => gradient != 0) > gradients.Length / 2, "the test needs gradients");
        for (int i = 0; i < before.Length; i++)
            Assert.Equal(before[i] - (0.1 * gradients[i]), after[i], 1e-12);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_is_returned_as_such()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        (double[] x, int[] y) = TrainingProbe.Data(8);
        probe.SetParameters([.. probe.Parameters()[..^1], double.NaN]);
        Assert.Equal(double.NaN, probe.Evaluate(x, y));
        Assert.Equal(double.NaN, probe.Gradient(x, y));
        Assert.Equal(double.NaN, probe.TrainStep(x, y));
    }

    [Fact]
    public void The_schedule_drives_the_fused_step()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier("[Sgd(LearningRate = 0.5f)][WarmupCosine(Warmup = 4, Total = 10)]", isDouble: true), isDouble: true);
        (double[] x, int[] y) = TrainingProbe.Data(8);
        WarmupCosine schedule = new() { Warmup = 4, Total = 10 };
        for (int step = 0; step < 12; step++)
        {
            Assert.Equal(schedule.Value(0.5f, step), probe.Rate(), 1e-12);
            double rate = probe.Rate();
            double[] before = probe.Parameters();
            probe.Gradient(x, y);
            double[] gradients = probe.Gradients();
            probe.TrainStep(x, y);
            Assert.All(before.Zip(gradients, (w, g) => w - (rate * g)).Zip(probe.Parameters()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
    }

    [Fact]
    public void A_resumed_run_goes_on_as_if_it_had_never_stopped()
    {
        const string more = """
            public static class Checkpoint
            {
                public static void Resume(Net model, Opt optimizer, Net savedModel, Opt saved)
                {
                    savedModel.Parameters.CopyTo(model.Parameters);
                    saved.M.CopyTo(optimizer.M);
                    saved.V.CopyTo(optimizer.V);
                    optimizer.StepCount = saved.StepCount;
                }
            }

            public static class Probe
            {
                public static bool Resumes(float[] x, int[] y)
                {
                    Net whole = new(5), first = new(5), second = new(99);
                    Opt wholeOptimizer = new(whole), firstOptimizer = new(first), secondOptimizer = new(second);
                    for (int step = 0; step < 20; step++)
                        wholeOptimizer.TrainStep(x, y);
                    for (int step = 0; step < 10; step++)
                        firstOptimizer.TrainStep(x, y);
                    Checkpoint.Resume(second, secondOptimizer, first, firstOptimizer);
                    for (int step = 0; step < 10; step++)
                        secondOptimizer.TrainStep(x, y);
                    return second.Parameters.SequenceEqual(whole.Parameters) && !first.Parameters.SequenceEqual(whole.Parameters);
                }
            }
            """;
        using LoadedProgram program = LoadedProgram.Of(TrainingProbe.Classifier(AdamW + "[WarmupCosine(Warmup = 15, Total = 30)]"), more);
        (double[] x, int[] y) = TrainingProbe.Data(8);
        Assert.True(program.Method<Func<float[], int[], bool>>("Resumes")([.. x.Select(value => (float)value)], y));
    }

    [Fact]
    public void Decay_spares_biases()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        double[] before = [.. probe.Parameters().Select((value, i) => i < 180 ? value : 0.5)];
        probe.SetParameters(before);
        probe.SetGradients(new double[before.Length]);
        probe.Step();
        double[] after = probe.Parameters();

        // 6·20 + 20·3 weights, then 20 + 3 biases.
        Assert.Equal(203, after.Length);
        Assert.All(before.Zip(after).Take(180), pair => Assert.Equal(pair.First * (1 - (1e-2 * 1e-1)), pair.Second, 1e-6));
        Assert.Equal(before[180..], after[180..]);
    }

    [Fact]
    public void The_fused_step_decays_the_same_parameters_as_the_step()
    {
        (double[] x, int[] y) = TrainingProbe.Data(8);
        double[] Biases(string optimizer)
        {
            using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(optimizer));
            probe.SetParameters([.. probe.Parameters().Select((value, i) => i < 180 ? value : 0.5)]);
            probe.TrainStep(x, y);
            return probe.Parameters()[180..];
        }

        Assert.Equal(Biases("[AdamW(WeightDecay = 0f)]"), Biases("[AdamW(WeightDecay = 100f)]"));
        Assert.NotEqual(Biases("[AdamW(WeightDecay = 0f)]"), Biases("[AdamW(WeightDecay = 100f)][Group(\"*.Bias\", Decay = true)]"));
    }

    [Fact]
    public void Clipping_bounds_the_norm_of_the_whole_update()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier("[ClipGlobalNorm(0.01f)][Sgd(LearningRate = 1f)]", isDouble: true), isDouble: true);
        (double[] x, int[] y) = TrainingProbe.Data(8);
        double[] before = probe.Parameters();
        probe.Gradient(x, y);
        double[] gradients = probe.Gradients();
        double norm = Math.Sqrt(gradients.Sum(gradient => gradient * gradient));
        probe.TrainStep(x, y);

        Assert.True(norm > 0.1, "the test needs a gradient that is clipped");
        Assert.All(before.Zip(gradients, (w, g) => w - (0.01 / norm * g)).Zip(probe.Parameters()), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
    }

    [Fact]
    public void A_hyperparameter_set_between_steps_counts_from_the_next_one()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        (double[] x, int[] y) = TrainingProbe.Data(8);
        probe.TrainStep(x, y);
        double[] before = probe.Parameters();
        probe.SetRate(0);
        probe.TrainStep(x, y);
        Assert.Equal(before, probe.Parameters());
    }

    [Fact]
    public void After_a_reset_the_same_run_happens_again()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier(AdamW));
        (double[] x, int[] y) = TrainingProbe.Data(8);
        double[] initial = probe.Parameters();
        double[] Run() => [.. Enumerable.Range(0, 5).Select(_ => probe.TrainStep(x, y))];
        double[] first = Run();
        probe.Reset();
        Assert.Equal(0, probe.StepCount());
        probe.SetParameters(initial);
        Assert.Equal(first, Run());
    }
}
