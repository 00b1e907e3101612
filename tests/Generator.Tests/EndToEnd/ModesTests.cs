using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>What differs between training and prediction: running averages, and elements that are dropped.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class ModesTests : IDisposable
{
    private const int Rows = 6, Inputs = 3;

    private static readonly double[] s_x = [.. Enumerable.Range(0, Rows * Inputs).Select(i => Math.Sin(i * 1.7) + (i % 3))];
    private static readonly double[] s_y = [.. Enumerable.Range(0, Rows).Select(i => Math.Cos(i))];

    private readonly LoadedProgram _program = LoadedProgram.Of("""
        [Model(Batch = 6, Precision = Precision.Double)]
        public partial class Normalized
        {
            [BatchNorm(Momentum = 0.25f)] private static partial Tensor Norm(Tensor x);
            [Dense(1)] private static partial Tensor Out(Tensor x);

            [Forward] private static Tensor Forward([Shape(3)] Tensor x) => Out(Norm(x));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => MeanSquaredError(y, target);
        }

        [Optimizer<Normalized>, Sgd(LearningRate = 0.01f)]
        public partial class NormalizedSgd;

        [Model(Batch = 6, Precision = Precision.Double)]
        public partial class Dropped
        {
            [Dense(40)] private static partial Tensor Hidden(Tensor x);
            [Dropout(0.25f)] private static partial Tensor Drop(Tensor x);
            [Dense(1)] private static partial Tensor Out(Tensor x);

            [Forward] private static Tensor Forward([Shape(3)] Tensor x) => Out(Drop(Tanh(Hidden(x))));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => MeanSquaredError(y, target);
        }

        [Optimizer<Dropped>, Sgd(LearningRate = 0.01f)]
        public partial class DroppedSgd;

        [Model(Batch = 1000)]
        public partial class Shares
        {
            [Dropout(0.25f)] private static partial Tensor Drop(Tensor x);

            [Forward] private static Tensor Forward([Shape(7)] Tensor x) => Drop(x);
            [Loss] private static Tensor Loss(Tensor y) => Mean(y);
        }

        public static class Probe
        {
            private static Normalized s_normalized = new(3);
            private static Dropped s_dropped = new(3);

            public static double[] Norm(string what, double[] x, double[] y)
            {
                double[] output = new double[x.Length / 3];
                switch (what)
                {
                    case "new": s_normalized = new(3); return [];
                    case "mean": return s_normalized.Buffers.Norm.RunningMean.Span.ToArray();
                    case "variance": return s_normalized.Buffers.Norm.RunningVariance.Span.ToArray();
                    case "predict": s_normalized.Predict(x, output); return output;
                    case "evaluate": return [s_normalized.Evaluate(x, y)];
                    case "gradient": return [s_normalized.Gradient(x, y)];
                    case "step": return [new NormalizedSgd(s_normalized).TrainStep(x, y)];
                    case "layout": return [Normalized.BufferCount, Normalized.BufferLayout[1].Offset, s_normalized.BufferValues.Length, s_normalized.Parameters.Length];
                    case "save":
                        System.IO.MemoryStream file = new();
                        s_normalized.Save(file);
                        s_normalized = new(8);
                        file.Position = 0;
                        s_normalized.Load(file);
                        return [];
                    default: return s_normalized.Parameters.ToArray();
                }
            }

            public static double[] Drop(string what, double[] x, double[] y)
            {
                double[] output = new double[x.Length / 3];
                switch (what)
                {
                    case "new": s_dropped = new(3); return [];
                    case "again": s_dropped.RandomStep = 0; return [];
                    case "predict": s_dropped.Predict(x, output); return output;
                    case "gradient": return [s_dropped.Gradient(x, y)];
                    case "gradients": return s_dropped.Gradients.ToArray();
                    case "step": return [new DroppedSgd(s_dropped).TrainStep(x, y), s_dropped.RandomStep];
                    case "set": x.CopyTo(s_dropped.Parameters); return [];
                    default: return s_dropped.Parameters.ToArray();
                }
            }

            public static double Share(int rows, int seed)
            {
                Shares model = new(seed);
                float[] x = new float[rows * 7];
                Array.Fill(x, 1f);
                return model.Gradient(x);
            }
        }
        """);

    private Func<string, double[], double[], double[]> Norm => _program.Method<Func<string, double[], double[], double[]>>("Norm");

    private Func<string, double[], double[], double[]> Drop => _program.Method<Func<string, double[], double[], double[]>>("Drop");

    [Fact]
    public void Training_moves_running_averages_and_prediction_uses_them()
    {
        Norm("new", [], []);
        (double[] mean, double[] variance) = Moments(s_x);
        double[] before = Norm("predict", s_x, []);
        Norm("gradient", s_x, s_y);
        Same([.. mean.Select(m => 0.25 * m)], Norm("mean", [], []));
        Same([.. variance.Select(v => 0.75 + (0.25 * v * Rows / (Rows - 1)))], Norm("variance", [], []));

        double[] parameters = Norm("parameters", [], []), runningMean = Norm("mean", [], []), runningVariance = Norm("variance", [], []);
        double[] after = Norm("predict", s_x, []);
        Assert.NotEqual(before, after);
        // Weights come first, then bias and gain of the dense layer and the normalization in the order of their use.
        double Predict(int row) => Enumerable.Range(0, Inputs).Sum(i => (s_x[(row * Inputs) + i] - runningMean[i]) / Math.Sqrt(runningVariance[i] + 1e-5) * parameters[i]) + parameters[^1];
        Same([.. Enumerable.Range(0, Rows).Select(Predict)], after);
        Same([Enumerable.Range(0, Rows).Average(row => Math.Pow(Predict(row) - s_y[row], 2))], Norm("evaluate", s_x, s_y));
        Same(after[..1], Norm("predict", s_x[..Inputs], []));
    }

    [Fact]
    public void A_fused_step_moves_them_as_a_gradient_does()
    {
        Norm("new", [], []);
        Norm("gradient", s_x, s_y);
        double[] mean = Norm("mean", [], []), variance = Norm("variance", [], []);
        Norm("new", [], []);
        double[] parameters = Norm("parameters", [], []);
        Norm("step", s_x, s_y);
        Assert.Equal(mean, Norm("mean", [], []));
        Assert.Equal(variance, Norm("variance", [], []));
        Assert.NotEqual(parameters, Norm("parameters", [], []));
    }

    [Fact]
    public void A_part_batch_has_its_own_moments()
    {
        Norm("new", [], []);
        (double[] mean, _) = Moments(s_x[..(2 * Inputs)]);
        Norm("gradient", s_x[..(2 * Inputs)], s_y[..2]);
        Same([.. mean.Select(m => 0.25 * m)], Norm("mean", [], []));
        Norm("gradient", s_x[..Inputs], s_y[..1]);
        Assert.All(Norm("variance", [], []), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void Buffers_are_saved_with_the_parameters()
    {
        Norm("new", [], []);
        Norm("step", s_x, s_y);
        double[] predicted = Norm("predict", s_x, []);
        Norm("save", [], []);
        Assert.Equal(predicted, Norm("predict", s_x, []));
        Assert.Equal([6, 13, 6, 10], Norm("layout", [], []));
    }

    [Fact]
    public void Prediction_drops_nothing()
    {
        Drop("new", [], []);
        double[] once = Drop("predict", s_x, []);
        Drop("gradient", s_x, s_y);
        Assert.Equal(once, Drop("predict", s_x, []));
    }

    [Fact]
    public void Every_pass_drops_others_and_the_same_ones_when_it_is_repeated()
    {
        Drop("new", [], []);
        double first = Drop("gradient", s_x, s_y)[0], second = Drop("gradient", s_x, s_y)[0];
        double[] gradients = Drop("gradients", [], []);
        Assert.NotEqual(first, second);
        Drop("again", [], []);
        Assert.Equal(first, Drop("gradient", s_x, s_y)[0]);
        Assert.NotEqual(gradients, Drop("gradients", [], []));
        Assert.Equal(second, Drop("gradient", s_x, s_y)[0]);
        Assert.Equal(gradients, Drop("gradients", [], []));
        Drop("again", [], []);
        Assert.Equal([first, 1], Drop("step", s_x, s_y));
    }

    [Fact]
    public void The_backward_pass_drops_what_the_forward_pass_dropped()
    {
        Drop("new", [], []);
        double[] parameters = Drop("parameters", [], []);
        Drop("gradient", s_x, s_y);
        double[] gradients = Drop("gradients", [], []);
        for (int i = 0; i < parameters.Length; i += 7)
        {
            double Loss(double by)
            {
                double[] moved = [.. parameters];
                moved[i] += by;
                Drop("set", moved, []);
                Drop("again", [], []);
                return Drop("gradient", s_x, s_y)[0];
            }

            Assert.Equal((Loss(1e-5) - Loss(-1e-5)) / 2e-5, gradients[i], 1e-8);
        }
    }

    [Fact]
    public void The_share_that_is_dropped_is_the_rate_and_the_mean_stays()
    {
        Func<int, int, double> share = _program.Method<Func<int, int, double>>("Share");
        double[] means = [.. Enumerable.Range(0, 20).Select(seed => share(1000, seed))];
        // 140,000 draws: the mean has a standard deviation of √(1/3/140000) = 0.0015.
        Assert.Equal(1, means.Average(), 0.006);
        Assert.True(means.Distinct().Count() > 15);
    }

    [Fact]
    public void Every_width_drops_the_same()
    {
        int before = OptGenRuntime.VectorBits;
        try
        {
            List<double> losses = [], shares = [];
            foreach (int width in new[] { 512, 256, 128, 0 })
            {
                OptGenRuntime.VectorBits = width;
                Drop("new", [], []);
                losses.Add(Drop("gradient", s_x, s_y)[0]);
                shares.Add(Math.Round(_program.Method<Func<int, int, double>>("Share")(999, 5) * 999 * 7 * 0.75));
            }

            Assert.All(losses, loss => Assert.Equal(losses[0], loss, 1e-12));
            Assert.All(shares, share => Assert.Equal(shares[0], share));
        }
        finally
        {
            OptGenRuntime.VectorBits = before;
        }
    }

    public void Dispose() => _program.Dispose();

    private static (double[] Mean, double[] Variance) Moments(double[] x)
    {
        int rows = x.Length / Inputs;
        double[] mean = [.. Enumerable.Range(0, Inputs).Select(i => Enumerable.Range(0, rows).Average(row => x[(row * Inputs) + i]))];
        return (mean, [.. Enumerable.Range(0, Inputs).Select(i => Enumerable.Range(0, rows).Average(row => Math.Pow(x[(row * Inputs) + i] - mean[i], 2)))]);
    }

    private static void Same(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-12 * (1 + Math.Abs(expected[i])));
    }
}
