using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>What a model keeps, or hands out as a gradient, while the same step goes on computing with it.</summary>
public sealed class KeptValueTests : IDisposable
{
    private readonly LoadedProgram _program = LoadedProgram.Of("""
        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Critic
        {
            [Dense(3), SpectralNorm(Iterations = 3)] private static partial Tensor Hidden(Tensor x);
            [Dense(1)] private static partial Tensor Out(Tensor x);

            [Forward] private static Tensor Forward([Shape(5)] Tensor x) => Out(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor t) => MeanSquaredError(y, t);
        }

        [Optimizer<Critic>, Sgd(LearningRate = 0.1f)]
        public partial class CriticSgd;

        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Adapted
        {
            [Parameter(5, 2)] private static partial Tensor Kernel { get; }
            [Parameter(5, 1)] private static partial Tensor Down { get; }
            [Parameter(1, 2)] private static partial Tensor Up { get; }

            [Forward] private static Tensor Forward([Shape(5)] Tensor x) => MatMul(x, Kernel + MatMul(Down, Up));
            [Loss] private static Tensor Loss(Tensor y, [Shape(2)] Tensor t) => MeanSquaredError(y, t);
        }

        [Optimizer<Adapted>, Sgd(LearningRate = 0.1f)]
        public partial class AdaptedSgd;

        public sealed class Moving : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                Tensor window = Buffer([3, 2], 0), turned = Buffer([2, 2], 1), first = Buffer([2, 2], 2), second = Buffer([2, 2], 3), square = Buffer([2, 2], 0.5f);
                Tensor mean = Reshape(MeanOverBatch(x), 1, 2);
                Update(window, Concat(0, Slice(window, 0, 1, 2), mean));
                Update(turned, Transpose(turned, 1, 0) + mean);
                Update(first, Transpose(second, 1, 0) + mean);
                Update(second, 2 * Transpose(first, 1, 0));
                Update(square, Contract("[i, j] · [j, k] -> [i, k]", square, square));
                return x;
            }
        }

        [Model(Batch = 2, Precision = Precision.Double)]
        public partial class Mover
        {
            [Moving] private static partial Tensor Layer(Tensor x);
            [Dense(2)] private static partial Tensor Out(Tensor x);

            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Out(Layer(x));
            [Loss] private static Tensor Loss(Tensor y, [Shape(2)] Tensor t) => MeanSquaredError(y, t);
        }

        [Optimizer<Mover>, Sgd(LearningRate = 0.1f)]
        public partial class MoverSgd;

        public static class Probe
        {
            public static double[] Move(int steps)
            {
                Mover model = new(1);
                MoverSgd optimizer = new(model);
                for (int i = 0; i < steps; i++)
                    optimizer.TrainStep([1.0 + i, 2, 3, 5], [0.0, 0, 0, 0]);
                return model.BufferValues.ToArray();
            }

            private static readonly double[] s_x = Array.ConvertAll(new double[20], _ => 0.0);

            public static double[] Critic(int steps)
            {
                Critic model = new(1);
                CriticSgd optimizer = new(model);
                for (int i = 0; i < 20; i++)
                    s_x[i] = Math.Sin(i);
                for (int i = 0; i < steps; i++)
                    optimizer.TrainStep(s_x, [1.0, 0, -1, 2]);
                return [.. model.BufferValues, .. model.Weights.Hidden.Kernel.Span];
            }

            public static double[] Adapted(bool fused)
            {
                Adapted model = new(1);
                AdaptedSgd optimizer = new(model);
                for (int i = 0; i < 20; i++)
                    s_x[i] = Math.Sin(i);
                double[] t = [1, 0, -1, 2, 3, 1, 2, 0];
                if (fused)
                {
                    optimizer.TrainStep(s_x, t);
                }
                else
                {
                    model.Gradient(s_x, t);
                    optimizer.Step();
                }

                return model.Parameters.ToArray();
            }
        }
        """);

    [Fact]
    public void The_singular_vector_follows_its_kernel_in_training()
    {
        // With a rate of 0.1 the kernel moves slowly against three steps of the power method: σ = ‖W·b‖ is the largest singular value, so no unit vector is stretched more.
        double[] after = _program.Method<Func<int, double[]>>("Critic")(60), b = after[..3], kernel = after[3..];
        Assert.Equal(1, b.Sum(element => element * element), 1e-9);
        double Stretch(double[] unit) => Math.Sqrt(Enumerable.Range(0, 5).Sum(i => Math.Pow(Enumerable.Range(0, 3).Sum(j => kernel[(i * 3) + j] * unit[j]), 2)));
        double norm = Stretch(b);
        Random random = new(3);
        for (int i = 0; i < 300; i++)
        {
            double[] unit = [.. Enumerable.Range(0, 3).Select(_ => random.NextDouble() - 0.5)];
            double length = Math.Sqrt(unit.Sum(element => element * element));
            Assert.True(Stretch([.. unit.Select(element => element / length)]) <= norm * 1.0001);
        }
    }

    [Fact]
    public void What_reads_other_elements_of_what_is_overwritten_reads_them_as_they_were()
    {
        double[,] window = new double[3, 2], turned = { { 1, 1 }, { 1, 1 } }, first = { { 2, 2 }, { 2, 2 } }, second = { { 3, 3 }, { 3, 3 } }, square = { { 0.5, 0.5 }, { 0.5, 0.5 } };
        const int Steps = 5;
        for (int step = 0; step < Steps; step++)
        {
            double[] mean = [2 + (step / 2.0), 3.5];
            window = new[,] { { window[1, 0], window[1, 1] }, { window[2, 0], window[2, 1] }, { mean[0], mean[1] } };
            turned = Each((i, j) => turned[j, i] + mean[j]);
            (first, second) = (Each((i, j) => second[j, i] + mean[j]), Each((i, j) => 2 * first[j, i]));
            square = Each((i, j) => (square[i, 0] * square[0, j]) + (square[i, 1] * square[1, j]));
        }

        double[] expected = [.. new[] { window, turned, first, second, square }.SelectMany(matrix => matrix.Cast<double>())];
        double[] actual = _program.Method<Func<int, double[]>>("Move")(Steps);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));

        double[,] Each(Func<int, int, double> element) => new[,] { { element(0, 0), element(0, 1) }, { element(1, 0), element(1, 1) } };
    }

    [Fact]
    public void A_gradient_that_leads_to_others_is_the_same_fused_and_not()
    {
        Func<bool, double[]> adapted = _program.Method<Func<bool, double[]>>("Adapted");
        double[] fused = adapted(true), apart = adapted(false);
        Assert.All(fused.Zip(apart), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    public void Dispose() => _program.Dispose();
}
