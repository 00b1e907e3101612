using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>The loss as an input of a chain: what reaches the rule from a step, through the transforms before it, and from a training step.</summary>
public class LossInputTests
{
    private const string Source = """
        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(3)] private static partial Tensor Hidden(Tensor x);
            [Dense(1)] private static partial Tensor Out(Tensor x);
            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Out(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => Mean(Square(y - target));
        }

        // Records the loss that it sees, and descends.
        public sealed class Recorder : UpdateRule
        {
            [Hyper] public float LearningRate { get; set; } = 0.1f;

            [Update]
            public void Update(ref float w, float g, [Loss] float loss, [State(Over.Everything)] ref float seen)
            {
                seen = loss;
                w -= LearningRate * g;
            }
        }

        // Moves the parameters by the loss where they are.
        public sealed class Shift : Perturbation
        {
            [Apply] public void Move(ref float w, [Loss] float loss) => w += loss;
        }

        // Follows the loss that the rule saw.
        public sealed class Follow : ParameterTransform
        {
            [Apply] public void After(ref float w, [Loss] float loss, [State(Over.Everything)] ref float followed) { followed = loss; w += 0 * loss; }
        }

        // A penalty, with its value.
        public sealed class Penalty : GradientTransform
        {
            [Reduce(Over.Everything)] public float Sum(float x) => x;
            [Apply] public float Add(float g, float w, [Loss] ref float loss) { loss += Sum(w * w) / 2; return g + w; }
        }

        [Optimizer(Precision = Precision.Double), Recorder] public partial class Plain;
        [Optimizer(Precision = Precision.Double), Accumulate(3), Recorder] public partial class Accumulating;
        [Optimizer(Precision = Precision.Double), Unscale, Accumulate(2), Recorder, Follow] public partial class Scaled;
        [Optimizer(Precision = Precision.Double), SkipNonFinite, Sgd] public partial class Skipping;
        [Optimizer(Precision = Precision.Double), SkipNonFinite, Recorder] public partial class Guarded;
        [Optimizer(Precision = Precision.Double), Accumulate(3), Sgd] public partial class Plainer;
        [Optimizer(Precision = Precision.Double), Penalty, Accumulate(2), Recorder] public partial class Penalized;
        [Optimizer(Precision = Precision.Double), Shift, Recorder] public partial class Shifted;
        [Optimizer(Precision = Precision.Double), Shift, Sgd] public partial class ShiftedPlain;

        [Optimizer<Net>, Recorder] public partial class Bound;
        [Optimizer<Net>, Accumulate(2), Recorder] public partial class BoundAccumulating;
        [Optimizer<Net>, Sam(0.3f), Recorder] public partial class BoundSharp;
        [Optimizer<Net>, Shift, Recorder] public partial class BoundShifted;
        [Optimizer<Net>, PolyakSgd] public partial class Polyak;
        [Optimizer<Net>, Momo(AdaptBound = true, WeightDecay = 0.5f)] public partial class Decaying;
        [Optimizer<Net>, Momo(LearningRate = 0.5f), Group("Out.*", LearningRateScale = 0.1f)] public partial class Grouped;

        public static class Probe
        {
            private static readonly double[] s_x = [0.1, -0.4, 0.7, 0.2, -0.9, 0.5, 0.3, 0.3], s_y = [1, 0, -1, 0.5];

            public static double[] Direct()
            {
                Plain optimizer = new(2);
                double[] w = [3, 4];
                optimizer.Step(w, [1.0, 2.0], 5);
                double first = optimizer.Seen;
                optimizer.Step(w.AsMemory(), new double[2], 6);
                double second = optimizer.Seen;
                optimizer.Step([w.AsMemory()], [new double[2]], 7);
                return [first, second, optimizer.Seen, w[0], w[1]];
            }

            public static double[] Micro()
            {
                Accumulating optimizer = new(1);
                double[] w = [1];
                double[] seen = new double[7];
                for (int i = 0; i < 6; i++)
                {
                    optimizer.Step(w, [1.0], i * i);
                    seen[i] = optimizer.Seen;
                }

                optimizer.Step(w, [1.0], 100);
                optimizer.Reset();
                for (int i = 0; i < 3; i++)
                    optimizer.Step(w, [1.0], 2);
                seen[6] = optimizer.Seen;
                return seen;
            }

            public static double[] Resumed()
            {
                Accumulating first = new(1), second = new(1);
                double[] w = [1];
                first.Step(w, [1.0], 1);
                first.Step(w, [1.0], 2);
                using System.IO.MemoryStream file = new();
                first.SaveState(file);
                file.Position = 0;
                second.LoadState(file);
                second.Step(w, [1.0], 6);
                return [second.Seen];
            }

            /// <summary>The losses of two micro-batches as the caller scales them, one of them not finite in between.</summary>
            public static double[] Scaling(double bad)
            {
                Scaled optimizer = new(1) { Scale = 8 };
                double[] w = [1];
                optimizer.Step(w, [8.0], 8 * 3);
                optimizer.Step(w, [8.0], bad);
                bool held = optimizer.IsHeld;
                double scale = optimizer.Scale;
                optimizer.Step(w, [scale], scale * 5);
                return [held ? 1 : 0, scale, optimizer.Seen, optimizer.Followed, w[0]];
            }

            public static double[] Guarding()
            {
                Guarded optimizer = new(1);
                double[] w = [1];
                optimizer.Step(w, [1.0], 3);
                optimizer.Step(w, [1.0], double.PositiveInfinity);
                optimizer.Step(w, [double.NaN], 4);
                return [optimizer.SkippedSteps, optimizer.StepCount, optimizer.Seen, w[0]];
            }

            /// <summary>The first step of Momo with decay for weights alone, by hand: β is 0, so the model is the linearization at hand.</summary>
            public static double[] Decayed()
            {
                Net model = new(seed: 1), other = new(seed: 1);
                Decaying optimizer = new(model);
                model.Parameters.Fill(0.4);
                other.Parameters.Fill(0.4);
                double height = other.Gradient(s_x, s_y), squares = 0, product = 0, along = 0, difference = 0;
                double[] shrink = new double[other.Parameters.Length];
                foreach (ref readonly ParameterInfo info in Net.Layout)
                    shrink.AsSpan(info.Offset, info.Length).Fill(info.Kind == ParameterKind.Weight ? 1 / 1.5 : 1);
                for (int i = 0; i < shrink.Length; i++)
                {
                    double g = other.Gradients[i], w = other.Parameters[i];
                    squares += g * g * shrink[i];
                    product += g * w;
                    along += g * w * shrink[i];
                }

                double rate = Math.Min(1, Math.Max(height - product + along, 0) / squares);
                optimizer.TrainStep(s_x, s_y);
                for (int i = 0; i < shrink.Length; i++)
                    difference = Math.Max(difference, Math.Abs(((other.Parameters[i] - (rate * other.Gradients[i])) * shrink[i]) - model.Parameters[i]));
                return [difference, rate];
            }

            /// <summary>How far the two layers move in a step whose rate their own learning rates bound.</summary>
            public static double[] Groups()
            {
                Net model = new(seed: 1);
                Grouped optimizer = new(model);
                model.Gradient(s_x, s_y);
                double[] before = model.Parameters.ToArray();
                optimizer.Step(1e6);
                double[] rates = new double[2];
                foreach (ref readonly ParameterInfo info in Net.Layout)
                {
                    for (int i = info.Offset; i < info.Offset + info.Length; i++)
                        rates[info.Name.StartsWith("Out") ? 1 : 0] = (before[i] - model.Parameters[i]) / model.Gradients[i];
                }

                return rates;
            }

            public static double[] Penalizing()
            {
                Penalized optimizer = new(2);
                double[] w = [3, 4];
                optimizer.Step(w, [1.0, 1.0], 1);
                optimizer.Step(w, [1.0, 1.0], 3);
                return [optimizer.Seen, w[0], w[1]];
            }

            public static double[] Moving()
            {
                Shifted optimizer = new(2);
                ShiftedPlain plain = new(2);
                double[] w = [3, 4], v = [3, 4];
                optimizer.Perturb(w, w, 10);
                plain.Perturb(v, v, 10);
                double moved = w[0], moved2 = v[1];
                optimizer.Step(w, [1.0, 1.0], 2);
                plain.Step(v, [1.0, 1.0]);
                return [moved, moved2, optimizer.Seen, w[0], w[1]];
            }

            public static double[] Trained()
            {
                Net model = new(seed: 1), other = new(seed: 1);
                Bound optimizer = new(model);
                double expected = other.Gradient(s_x, s_y), loss = optimizer.TrainStep(s_x, s_y), seen = optimizer.Seen;
                model.Gradient(s_x, s_y);
                optimizer.Step(0.25);
                return [expected, loss, seen, optimizer.Seen];
            }

            public static double[] TrainedMicro()
            {
                Net model = new(seed: 1);
                BoundAccumulating optimizer = new(model);
                double one = optimizer.TrainStep(s_x, s_y), two = optimizer.TrainStep(s_x, [0.0, 2, 1, 1]);
                return [(one + two) / 2, optimizer.Seen, one - two];
            }

            public static double[] TrainedTwice()
            {
                Net model = new(seed: 1), other = new(seed: 1);
                BoundSharp optimizer = new(model);
                double first = other.Gradient(s_x, s_y), norm = 0;
                foreach (double g in other.Gradients)
                    norm += g * g;
                for (int i = 0; i < other.Parameters.Length; i++)
                    other.Parameters[i] += 0.3 / (Math.Sqrt(norm) + 1e-12) * other.Gradients[i];
                double second = other.Gradient(s_x, s_y), loss = optimizer.TrainStep(s_x, s_y);
                return [first, loss, second, optimizer.Seen];
            }

            public static double[] TrainedShift()
            {
                Net model = new(seed: 1), other = new(seed: 1);
                BoundShifted optimizer = new(model);
                double first = other.Gradient(s_x, s_y);
                for (int i = 0; i < other.Parameters.Length; i++)
                    other.Parameters[i] += first;
                double second = other.Gradient(s_x, s_y);
                optimizer.TrainStep(s_x, s_y);
                return [second, optimizer.Seen];
            }

            public static double[] Descended()
            {
                Net model = new(seed: 1);
                Polyak optimizer = new(model);
                double first = optimizer.TrainStep(s_x, s_y), last = optimizer.TrainStep(s_x, s_y);
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int step = 0; step < 500; step++)
                    last = optimizer.TrainStep(s_x, s_y);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                return [first, last, allocated];
            }

            public static string Parameters(Type type) => string.Join(" ", System.Linq.Enumerable.Select(
                System.Linq.Enumerable.Where(type.GetMethods(), method => method.Name == "Step"), method => method.GetParameters().Length.ToString()));

            public static string Signatures() => Parameters(typeof(Skipping)) + ", " + Parameters(typeof(Plainer)) + ", " + Parameters(typeof(Plain)) + ", "
                + (typeof(Plainer).GetProperty("LossSum") is null) + (typeof(Accumulating).GetProperty("LossSum") is null);
        }
        """;

    [Fact]
    public void All_ways_of_a_step_hand_the_loss_to_the_rule() => Assert.Equal([5, 6, 7, 3 - 0.1, 4 - 0.2], Run("Direct"), Near);

    [Fact]
    public void Micro_batches_have_the_mean_of_their_losses()
    {
        Assert.Equal([0, 0, 5 / 3.0, 5 / 3.0, 5 / 3.0, 50 / 3.0, 2], Run("Micro"), Near);
        Assert.Equal([3], Run("Resumed"), Near);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_scaled_loss_is_unscaled_and_one_that_is_not_finite_is_skipped(double bad)
    {
        using LoadedProgram program = LoadedProgram.Of(Source);

        // The scale halves, and the micro-batch does not count.
        Assert.Equal([1, 4, 4, 4, 1 - 0.1], program.Method<Func<double, double[]>>("Scaling")(bad), Near);
    }

    [Fact]
    public void A_loss_that_is_not_finite_skips_a_step() => Assert.Equal([2, 1, 3, 1 - 0.1], Run("Guarding"), Near);

    [Fact]
    public void Decay_of_weights_alone_is_part_of_the_model_of_the_loss()
    {
        double[] result = Run("Decayed");
        Assert.Equal(0, result[0], 1e-14);
        Assert.InRange(result[1], 1e-3, 0.999);
    }

    [Fact]
    public void Groups_bound_the_rate_for_themselves() => Assert.Equal([0.5, 0.05], Run("Groups"), (one, other) => Math.Abs(one - other) < 1e-9);

    [Fact]
    public void A_transform_may_change_the_loss_with_the_gradient() => Assert.Equal([14.5, 3 - 0.4, 4 - 0.5], Run("Penalizing"), Near);

    [Fact]
    public void A_perturbation_sees_the_loss_of_its_own_gradient() => Assert.Equal([13, 14, 2, 3 - 0.1, 4 - 0.1], Run("Moving"), Near);

    [Fact]
    public void A_training_step_hands_over_the_loss_that_it_returns()
    {
        double[] result = Run("Trained");
        Assert.Equal(result[0], result[1]);
        Assert.Equal(result[0], result[2]);
        Assert.Equal(0.25, result[3]);
        double[] micro = Run("TrainedMicro");
        Assert.Equal(micro[0], micro[1], 1e-15);
        Assert.NotEqual(0, micro[2]);
    }

    [Fact]
    public void The_update_after_a_perturbation_sees_the_loss_where_its_gradient_is_taken()
    {
        double[] result = Run("TrainedTwice");
        Assert.Equal(result[0], result[1], 1e-14);
        Assert.Equal(result[2], result[3], 1e-14);
        Assert.True(result[2] > result[0] + 0.01, "the loss is higher on the sphere");
        double[] shifted = Run("TrainedShift");
        Assert.Equal(shifted[0], shifted[1], 1e-14);
    }

    [Fact]
    public void Training_by_the_loss_descends_and_allocates_nothing()
    {
        double[] result = Run("Descended");
        Assert.InRange(result[1], 0, 1e-3 * result[0]);
        Assert.Equal(0, result[2]);
    }

    [Fact]
    public void A_chain_that_reads_no_loss_takes_none_and_keeps_nothing_for_it()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.Equal("2 2 2, 2 2 2, 3 3 3, TrueFalse", program.Method<Func<string>>("Signatures")());
    }

    private static double[] Run(string method)
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        return program.Method<Func<double[]>>(method)();
    }

    private static bool Near(double one, double other) => Math.Abs(one - other) <= 1e-14 * Math.Max(1, Math.Abs(other));
}
