using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Steps that take a second gradient where a perturbation has moved the parameters.</summary>
public class PerturbationTests
{
    private const string Source = """
        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(3)] private static partial Tensor Hidden(Tensor x);
            [Dense(1)] private static partial Tensor Out(Tensor x);
            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Out(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => MeanSquaredError(y, target);
        }

        [Optimizer<Net>, Sam(0.3f), AdamW(LearningRate = 0.05f)] public partial class Sharp;

        [Optimizer<Net>, AdamW(LearningRate = 0.05f)] public partial class Plain;

        [Optimizer(Precision = Precision.Double), Sam(0.5f), Sgd(LearningRate = 0.1f)] public partial class Free;

        [Optimizer(Precision = Precision.Double), Sam(0.5f), SkipNonFinite, Accumulate(2), Sgd(LearningRate = 0.1f)] public partial class Held;

        public static class Probe
        {
            /// <summary>The parameters after each of four calls: one that waits, one that is skipped, one that moves them, one that waits.</summary>
            public static double[][] HeldSteps()
            {
                Held optimizer = new(2);
                double[] w = [3, 4];
                double[][] gradients = [[1, 2], [double.NaN, 0], [3, 4], [5, 6]];
                double[][] ends = new double[4][];
                for (int call = 0; call < 4; call++)
                {
                    optimizer.Perturb(w, [call == 1 ? double.PositiveInfinity : 3, -4]);
                    optimizer.Step(w, gradients[call]);
                    ends[call] = [.. w];
                }

                return ends;
            }

            public static double[] Quadratic()
            {
                Free optimizer = new(2);
                double[] w = [3, 4];
                optimizer.Perturb(w, w);
                double[] moved = [.. w];
                optimizer.Step(w, moved);
                return [.. moved, .. w];
            }

            public static long Allocated()
            {
                Free optimizer = new(2);
                double[] w = [3, 4];
                long before = 0;
                for (int i = 0; i < 3; i++)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                    optimizer.Perturb(w, w);
                    optimizer.Step(w, w);
                }

                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            public static string? StepFirst()
            {
                double[] w = [3, 4];
                try
                {
                    new Free(2).Step(w, w);
                    return null;
                }
                catch (InvalidOperationException wrong)
                {
                    return w[0] + wrong.Message;
                }
            }

            public static string? MovedTwice()
            {
                Free optimizer = new(2);
                double[] w = [3, 4];
                optimizer.Perturb(w, w);
                try
                {
                    optimizer.Perturb(w, w);
                    return null;
                }
                catch (InvalidOperationException wrong)
                {
                    return wrong.Message;
                }
            }

            /// <summary>Two runs of six steps; the other one goes on in a new optimizer after the first half of its third step.</summary>
            public static double[][] Resumed()
            {
                Free whole = new(2), parts = new(2);
                double[] w = [3, 4], v = [3, 4];
                for (int step = 0; step < 6; step++)
                {
                    whole.Perturb(w, [w[0] * w[1], w[0] - step]);
                    whole.Step(w, [w[0] * w[1], w[0] - step]);
                    parts.Perturb(v, [v[0] * v[1], v[0] - step]);
                    if (step == 2)
                    {
                        using System.IO.MemoryStream file = new();
                        parts.SaveState(file);
                        file.Position = 0;
                        parts = new Free(2);
                        parts.LoadState(file);
                    }

                    parts.Step(v, [v[0] * v[1], v[0] - step]);
                }

                return [w, v];
            }

            /// <summary>A file from between two steps, loaded when the parameters are moved: the optimizer is then between two steps.</summary>
            public static bool LoadedBetweenSteps()
            {
                Free optimizer = new(2);
                double[] w = [3, 4];
                using System.IO.MemoryStream file = new();
                optimizer.SaveState(file);
                file.Position = 0;
                optimizer.Perturb(w, w);
                optimizer.LoadState(file);
                try
                {
                    optimizer.Step(w, w);
                    return false;
                }
                catch (InvalidOperationException)
                {
                    optimizer.Perturb(w, w);
                    return true;
                }
            }

            public static double[] Trained()
            {
                double[] x = [0.1, -0.4, 0.7, 0.2, -0.9, 0.5, 0.3, 0.3], y = [1, 0, -1, 0.5];
                Net whole = new(seed: 1), parts = new(seed: 1);
                Sharp sharp = new(whole);
                Plain plain = new(parts);
                double difference = 0;
                for (int step = 0; step < 5; step++)
                {
                    double loss = sharp.TrainStep(x, y);
                    difference += Math.Abs(loss - parts.Gradient(x, y));
                    double norm = 0;
                    foreach (double g in parts.Gradients)
                        norm += g * g;
                    double[] origin = parts.Parameters.ToArray();
                    for (int i = 0; i < origin.Length; i++)
                        parts.Parameters[i] += 0.3 / (Math.Sqrt(norm) + 1e-12) * parts.Gradients[i];
                    parts.Gradient(x, y);
                    origin.CopyTo(parts.Parameters);
                    plain.Step();
                    for (int i = 0; i < origin.Length; i++)
                        difference += Math.Abs(parts.Parameters[i] - whole.Parameters[i]);
                }

                return [difference];
            }
        }
        """;

    [Fact]
    public void The_gradient_is_taken_on_the_sphere_and_the_update_is_made_from_where_the_parameters_were()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        double[] result = program.Method<Func<double[]>>("Quadratic")();
        double[] expected = [3.3, 4.4, 3 - 0.33, 4 - 0.44];
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(expected[i], result[i], 1e-12));
        Assert.Equal(0, program.Method<Func<long>>("Allocated")());
    }

    [Fact]
    public void A_step_that_ends_early_takes_the_parameters_back()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        double[][] ends = program.Method<Func<double[][]>>("HeldSteps")();
        Assert.Equal([3, 4], ends[0]);
        Assert.Equal([3, 4], ends[1]);
        Assert.Equal(2.8, ends[2][0], 1e-15);
        Assert.Equal(3.7, ends[2][1], 1e-15);
        Assert.Equal(ends[2], ends[3]);
    }

    [Fact]
    public void A_training_step_takes_both_gradients()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.Equal(0, program.Method<Func<double[]>>("Trained")()[0], 1e-11);
    }

    [Fact]
    public void Calls_in_a_wrong_order_are_refused_and_change_nothing()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.StartsWith("3The parameters were not moved", program.Method<Func<string?>>("StepFirst")(), StringComparison.Ordinal);
        Assert.StartsWith("The parameters are moved already", program.Method<Func<string?>>("MovedTwice")(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_can_be_resumed_between_its_two_gradients()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        double[][] ends = program.Method<Func<double[][]>>("Resumed")();
        Assert.Equal(ends[0], ends[1]);
        Assert.True(program.Method<Func<bool>>("LoadedBetweenSteps")());
    }
}
