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

        public static class Probe
        {
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
    public void A_gradient_that_leads_to_others_is_the_same_fused_and_not()
    {
        Func<bool, double[]> adapted = _program.Method<Func<bool, double[]>>("Adapted");
        double[] fused = adapted(true), apart = adapted(false);
        Assert.All(fused.Zip(apart), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    public void Dispose() => _program.Dispose();
}
