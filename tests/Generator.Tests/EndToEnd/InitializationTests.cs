using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Initializations that look at a whole model: what its layers give, unit variance layer by layer, and residual blocks that begin as identities.</summary>
public sealed class InitializationTests
{
    private const string Deep = """
        [Model(Batch = 64, Precision = Precision.Double, Statistics = true)]
        public partial class Net
        {
            [Stack(20)] private static partial Tensor Body(Tensor x);
            [Dense(3)] private static partial Tensor Logits(Tensor x);

            [Forward] private static Tensor Forward([Shape(24)] Tensor x) => Logits(Body(x));
        }

        public sealed class Stack(int width) : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                for (int i = 0; i < 8; i++)
                    x = Tanh(new Dense(width).Forward(x));
                return x;
            }
        }

        public static class Probe
        {
            private static readonly Net s_net = new(1);
            public static string[] Layers(double[] x) => Array.ConvertAll(s_net.Statistics(x), layer => layer.Layer);
            public static double[] Means(double[] x) => Array.ConvertAll(s_net.Statistics(x), layer => layer.Mean);
            public static double[] Variances(double[] x) => Array.ConvertAll(s_net.Statistics(x), layer => layer.Variance);
            public static void Lsuv(double[] x) => s_net.InitializeLsuv(x, seed: 4);
            public static double[] Predict(double[] x) { double[] y = new double[x.Length / 8]; s_net.Predict(x, y); return y; }
            public static double[] Kernel() => s_net.Weights.Body.Dense3.Kernel.Span.ToArray();
            public static double[] Bias() => s_net.Weights.Body.Dense3.Bias.Span.ToArray();
        }
        """;

    /// <summary>Residual blocks without normalization, with the scalars that Fixup needs.</summary>
    private const string Residual = """
        [Model(Batch = 8)]
        public partial class Net
        {
            [Stack(16)] private static partial Tensor Body(Tensor x);
            [Dense(1)] private static partial Tensor Result(Tensor x);

            [Forward] private static Tensor Forward([Shape(16)] Tensor x) => Result(Body(x));
            [Loss] private static Tensor Loss(Tensor result, [Shape(1)] Tensor target) => MeanSquaredError(result, target);
        }

        public sealed class Stack(int width) : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                for (int i = 0; i < 24; i++)
                    x = new Block(width).Forward(x);
                return x;
            }
        }

        public sealed class Block(int width) : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                Tensor shift1 = Parameter([1], ParameterKind.Bias), shift2 = Parameter([1], ParameterKind.Bias), shift3 = Parameter([1], ParameterKind.Bias);
                Tensor scale = Parameter([1], ParameterKind.Gain, Init.One);
                Dense first = new(width) { Init = Init.HeNormal }, second = new(width) { Init = Init.HeNormal };
                return x + scale * second.Forward(Relu(first.Forward(x + shift1)) + shift2) + shift3;
            }
        }

        [Optimizer<Net>] [Sgd(LearningRate = 0.01f)] public partial class Opt;

        public static class Probe
        {
            private static Net s_net = new(1);
            private static Opt s_optimizer = new(s_net);
            public static void New(bool fixup)
            {
                s_net = new(1);
                s_optimizer = new(s_net);
                string[][] branches = new string[24][];
                for (int i = 0; i < 24; i++)
                    branches[i] = [$"Body.Block{(i == 0 ? "" : i + 1)}.First.Kernel", $"Body.Block{(i == 0 ? "" : i + 1)}.Second.Kernel"];
                if (fixup)
                    Fixup.Apply(Net.Layout, s_net.Parameters, branches, "Result.Kernel");
            }

            public static float[] Result() => s_net.Weights.Result.Kernel.Span.ToArray();
            public static float[] First() => s_net.Weights.Body.Block7.First.Kernel.Span.ToArray();
            public static float[] Second() => s_net.Weights.Body.Block7.Second.Kernel.Span.ToArray();
            public static float Step(float[] x, float[] y) => s_optimizer.TrainStep(x, y);
            public static void Wrong() => Fixup.Apply(Net.Layout, s_net.Parameters, [["Body.Block.First.Kernel", "Body.Block.Second.Bias"]]);
            public static void Identity()
            {
                // The model's last layer passes one number through, so that predictions show what the blocks give.
                s_net.Weights.Result.Kernel.Span[3] = 1;
                s_net.Weights.Result.Bias.Span.Clear();
            }

            public static float[] Predict(float[] x) { float[] y = new float[x.Length / 16]; s_net.Predict(x, y); return y; }
        }
        """;

    private static double[] Normal(int count) => [.. Enumerable.Range(0, count).Select(i => Philox.Normal(3, 0, i))];

    [Fact]
    public void Statistics_are_those_of_what_the_layers_give()
    {
        using LoadedProgram program = LoadedProgram.Of(Deep);
        double[] x = Normal(64 * 24);
        string[] layers = program.Method<Func<double[], string[]>>("Layers")(x);
        Assert.Equal(["Body", "Body.Dense", .. Enumerable.Range(2, 7).Select(i => $"Body.Dense{i}"), "Logits"], layers);
        double[] y = program.Method<Func<double[], double[]>>("Predict")(x);
        Assert.Equal(y.Average(), program.Method<Func<double[], double[]>>("Means")(x)[^1], 1e-12);
        Assert.Equal(y.Average(v => v * v) - (y.Average() * y.Average()), program.Method<Func<double[], double[]>>("Variances")(x)[^1], 1e-12);

        double[] part = x[..(5 * 24)];
        Assert.Equal(y[..15].Average(), program.Method<Func<double[], double[]>>("Means")(part)[^1], 1e-12);
    }

    [Fact]
    public void Lsuv_gives_every_layer_variance_1_and_orthogonal_weights()
    {
        using LoadedProgram program = LoadedProgram.Of(Deep);
        Func<double[], double[]> variances = program.Method<Func<double[], double[]>>("Variances");
        double[] x = Normal(64 * 24);
        Assert.All(variances(x).Skip(4), variance => Assert.InRange(variance, 0, 0.5));

        program.Method<Action<double[]>>("Lsuv")(x);
        Assert.All(variances(x).Skip(1), variance => Assert.Equal(1, variance, 0.01));
        Assert.All(program.Method<Func<double[]>>("Bias")(), bias => Assert.Equal(0, bias));
        double[] kernel = program.Method<Func<double[]>>("Kernel")();
        double square = Dot(0, 0);
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j <= i; j++)
                Assert.Equal(i == j ? square : 0, Dot(i, j), 1e-12);
        }

        double Dot(int i, int j) => Enumerable.Range(0, 20).Sum(row => kernel[(row * 20) + i] * kernel[(row * 20) + j]);
    }

    [Fact]
    public void Lsuv_refuses_a_layer_whose_output_has_no_variance()
    {
        using LoadedProgram program = LoadedProgram.Of(Deep);
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => program.Method<Action<double[]>>("Lsuv")(new double[24]));
        Assert.Contains("'Body.Dense' gives has variance 0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fixup_makes_blocks_identities_and_a_deep_network_trains_where_others_diverge()
    {
        using LoadedProgram program = LoadedProgram.Of(Residual);
        Action<bool> create = program.Method<Action<bool>>("New");
        Func<float[], float[], float> step = program.Method<Func<float[], float[], float>>("Step");
        float[] x = [.. Normal(8 * 16).Select(v => (float)v)], y = [.. Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? 1f : -1f)];

        create(false);
        float[] first = program.Method<Func<float[]>>("First")();
        for (int i = 0; i < 100; i++)
            step(x, y);
        Assert.False(float.IsFinite(step(x, y)));

        create(true);
        Assert.Equal(first.Select(v => v * Math.Pow(24, -0.5)), program.Method<Func<float[]>>("First")().Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.All(program.Method<Func<float[]>>("Second")().Concat(program.Method<Func<float[]>>("Result")()), v => Assert.Equal(0, v));
        float loss = 0;
        for (int i = 0; i < 500; i++)
            loss = step(x, y);
        Assert.InRange(loss, 0, 0.05f);

        create(true);
        program.Method<Action>("Identity")();
        Assert.Equal(Enumerable.Range(0, 8).Select(row => x[(row * 16) + 3]), program.Method<Func<float[], float[]>>("Predict")(x));
        Assert.Contains("'Body.Block.Second.Bias' is no weight", Assert.Throws<ArgumentException>(() => program.Method<Action>("Wrong")()).Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 8).Select(row => x[(row * 16) + 3]), program.Method<Func<float[], float[]>>("Predict")(x));
    }
}
