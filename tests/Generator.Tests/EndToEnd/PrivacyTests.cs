using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Differentially private training: single examples whose gradients are clipped, their mean, and noise once per update.</summary>
public class PrivacyTests
{
    private const string Source = """
        [Model(Batch = 8, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(5)] private static partial Tensor Hidden(Tensor x);
            [Dense(2)] private static partial Tensor Logits(Tensor x);
            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Logits(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>, ClipExample(0.5f), Accumulate(4), PrivacyNoise(0), Sgd(LearningRate = 0.5f)] public partial class Silent;

        [Optimizer<Net>, ClipExample(1f), Accumulate(32), PrivacyNoise(1f), Sgd(LearningRate = 1f)] public partial class Private;

        [Optimizer, ClipExample(0.5f), Accumulate(4), PrivacyNoise(3f), Sgd(LearningRate = 1f)] public partial class Free;

        public static class Probe
        {
            /// <summary>The parameters after each of eight steps over one row, and the gradient of each row where the step took it.</summary>
            public static double[][] Rows(double[] inputs, int[] labels)
            {
                Net model = new(seed: 1), twin = new(seed: 1);
                Silent optimizer = new(model);
                System.Collections.Generic.List<double[]> rows = [model.Parameters.ToArray()];
                for (int i = 0; i < labels.Length; i++)
                {
                    model.Parameters.CopyTo(twin.Parameters);
                    twin.Gradient(inputs.AsSpan(2 * i, 2), labels.AsSpan(i, 1));
                    rows.Add(twin.Gradients.ToArray());
                    optimizer.TrainStep(inputs.AsSpan(2 * i, 2), labels.AsSpan(i, 1));
                    rows.Add(model.Parameters.ToArray());
                }

                return rows.ToArray();
            }

            /// <summary>What was subtracted from parameters without a gradient, call by call.</summary>
            public static float[][] Noise(int length, int calls, int seed)
            {
                Free optimizer = new(length) { Seed = seed };
                float[][] noise = new float[calls][];
                for (int call = 0; call < calls; call++)
                    optimizer.Step(noise[call] = new float[length], new float[length]);
                return noise;
            }

            /// <summary>The share of examples that a model tells apart after some rounds over all of them.</summary>
            public static double Train(double[] inputs, int[] labels, int rounds, float noise)
            {
                Net model = new(seed: 2);
                Private optimizer = new(model) { NoiseMultiplier = noise };
                for (int i = 0; i < rounds * labels.Length; i++)
                    optimizer.TrainStep(inputs.AsSpan(2 * (i % labels.Length), 2), labels.AsSpan(i % labels.Length, 1));
                double[] logits = new double[2 * labels.Length];
                model.Predict(inputs, logits);
                int right = 0;
                for (int i = 0; i < labels.Length; i++)
                    right += (logits[(2 * i) + 1] > logits[2 * i]) == (labels[i] == 1) ? 1 : 0;
                return right / (double)labels.Length;
            }
        }
        """;

    private static readonly Lazy<LoadedProgram> s_program = new(() => LoadedProgram.Of(Source));

    [Fact]
    public void Each_row_is_clipped_by_itself_before_the_mean()
    {
        (double[] inputs, int[] labels) = Clouds(8);
        double[][] rows = s_program.Value.Method<Func<double[], int[], double[][]>>("Rows")(inputs, labels);
        double[] w = rows[0], mean = new double[w.Length];
        bool clips = false;
        for (int i = 0; i < labels.Length; i++)
        {
            double[] g = rows[1 + (2 * i)];
            double norm = Math.Sqrt(g.Sum(x => x * x)), factor = Math.Min(1, 0.5 / norm);
            clips |= factor < 0.9;
            mean = [.. mean.Zip(g, (sum, x) => sum + (factor * x / 4))];
            if (i % 4 == 3)
            {
                w = [.. w.Zip(mean, (value, x) => value - (0.5 * x))];
                Array.Clear(mean);
            }

            Assert.All(w.Zip(rows[2 + (2 * i)]), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
        }

        Assert.True(clips);
    }

    [Fact]
    public void Noise_has_the_deviation_of_multiplier_bound_and_examples_and_comes_once_per_update()
    {
        const int Length = 100_000;
        Func<int, int, int, float[][]> noise = s_program.Value.Method<Func<int, int, int, float[][]>>("Noise");
        float[][] calls = noise(Length, 8, 7);
        foreach (int held in new[] { 0, 1, 2, 4, 5, 6 })
            Assert.All(calls[held], x => Assert.Equal(0, x));
        const double Deviation = 3 * 0.5 / 4;
        foreach (int update in new[] { 3, 7 })
        {
            double mean = calls[update].Average(x => (double)x), variance = calls[update].Average(x => (double)x * x), fourth = calls[update].Average(x => Math.Pow(x, 4));
            Assert.Equal(0, mean, 5 * Deviation / Math.Sqrt(Length));
            Assert.Equal(Deviation * Deviation, variance, 5 * Deviation * Deviation * Math.Sqrt(2.0 / Length));
            Assert.Equal(3, fourth / (variance * variance), 0.1);
        }

        double together = calls[3].Zip(calls[7], (x, y) => (double)x * y).Average();
        Assert.Equal(0, together, 5 * Deviation * Deviation / Math.Sqrt(Length));
        Assert.Equal(calls[7], noise(Length, 8, 7)[7]);
        Assert.NotEqual(calls[3], noise(Length, 4, 8)[3]);
    }

    [Fact]
    public void A_model_learns_from_single_rows_behind_noise_and_not_behind_too_much()
    {
        (double[] inputs, int[] labels) = Clouds(256);
        Func<double[], int[], int, float, double> train = s_program.Value.Method<Func<double[], int[], int, float, double>>("Train");
        Assert.True(train(inputs, labels, 8, 1) > 0.97);
        Assert.True(train(inputs, labels, 1, 10_000) < 0.9);
    }

    /// <summary>Points around (1, −1) and (−1, 1).</summary>
    private static (double[] Inputs, int[] Labels) Clouds(int count)
    {
        Random random = new(5);
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(2))];
        return ([.. labels.SelectMany(label => new[] { 1, -1 }.Select(side => (side * (label == 0 ? 1 : -1)) + random.NextDouble() - 0.5))], labels);
    }
}
