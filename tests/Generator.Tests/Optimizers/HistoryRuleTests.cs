using OptGen.Generator.Diagnostics;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Rules of a user's with states that are arrays, and with code that runs once per step; and a model that is trained by one of the library's.</summary>
public class HistoryRuleTests
{
    private const string Anderson = """
        /// <summary>Gradient descent, mixed over the last steps so that what would remain is least.</summary>
        public sealed class Anderson : UpdateRule
        {
            [Hyper] public float LearningRate { get; set; } = 0.05f;

            public int History { get; set; } = 3;

            [Reduce(Over.Everything)] public float Dot(float product) => product;

            [Once("Mine.Mixing.Solve")] public static void Solve(float[] mix, float[] products, float[] right) { }

            [Update]
            public void Update(
                ref float w, float g,
                [State(Copies = nameof(History), Exact = true)] float[] moves, [State(Copies = nameof(History))] float[] changes,
                [State] ref float lastParameter, [State] ref float lastGradient,
                [State(Over.Everything, Copies = nameof(History))] float[] mix, int step)
            {
                // The newest pair comes first.
                if (step > 1)
                {
                    for (int i = History - 1; i > 0; i--)
                        (moves[i], changes[i]) = (moves[i - 1], changes[i - 1]);
                    moves[0] = w - lastParameter;
                    changes[0] = g - lastGradient;
                }

                float[] products = new float[History * History], right = new float[History];
                for (int i = 0; i < History; i++)
                {
                    for (int j = 0; j < History; j++)
                        products[History * i + j] = Dot(changes[i] * changes[j]);
                    right[i] = Dot(changes[i] * g);
                }

                Solve(mix, products, right);
                lastParameter = w;
                lastGradient = g;
                w -= LearningRate * g;
                for (int i = 0; i < History; i++)
                    w -= mix[i] * (moves[i] - LearningRate * changes[i]);
            }
        }

        """;

    private const string Source = Anderson + """
        [Optimizer(Precision = Precision.Double), Anderson] public partial class Mixed;

        /// <summary>Two calls, of which the second needs what is summed up with what the first one left.</summary>
        public sealed class TwoStage : UpdateRule
        {
            [Hyper] public float LearningRate { get; set; } = 0.1f;

            public int Size => 2;

            [Reduce(Over.Everything)] public float Sum(float x) => x;

            [Once("Mine.Mixing.Root")] public static void Root(float[] root, float square, float step) { }

            [Once("Mine.Mixing.Root")] public static void Next(float[] next, float sum, float step) { }

            [Update]
            public void Update(
                ref float w, float g, [State(Over.Everything, Copies = nameof(Size))] float[] root, [State(Over.Everything, Copies = nameof(Size))] float[] next,
                [State(Over.Everything)] ref float last, int step)
            {
                Root(root, Sum(g * g), step);
                Next(next, Sum(MathF.Abs(g) / root[0]), step);
                last = root[1] + 10 * next[1];
                w -= LearningRate * g / (root[0] * next[0]);
            }
        }

        [Optimizer(Precision = Precision.Double), SkipNonFinite, TwoStage] public partial class Staged;

        [Model(Batch = 8, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(6)] private static partial Tensor Hidden(Tensor x);
            [Dense(1)] private static partial Tensor Out(Tensor x);
            [Forward] private static Tensor Forward([Shape(3)] Tensor x) => Out(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => Mean(Square(y - target));
        }

        [Optimizer<Net>, Lbfgs(LineSearch = LineSearch.StrongWolfe)] public partial class Searching;

        [Optimizer<Net>, Lbfgs, Group("Hidden.*", LearningRateScale = 0.5)] public partial class Grouped;

        [Optimizer<Net>, Lbfgs, Group("Hidden.*", Frozen = true)] public partial class Frozen;

        public static class Probe
        {
            private static double[] X() => [0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1];

            private static double[] Y() => [0, 1, 1, 0, 1, 0, 0, 1];

            /// <summary>The distance from the minimum of a bowl of three dimensions after each step.</summary>
            public static double[] Bowl()
            {
                Mixed optimizer = new(3);
                double[] w = [2, -1, 1], distances = new double[8];
                for (int step = 0; step < 8; step++)
                {
                    optimizer.Step(w, (double[])[w[0] + 0.5 * w[1], 0.5 * w[0] + 3 * w[1], 10 * w[2]]);
                    distances[step] = Math.Sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
                }

                return distances;
            }

            public static double[] Stages()
            {
                Staged optimizer = new(2);
                double[] w = [1, 1];
                optimizer.Step(w, (double[])[3, -4]);
                optimizer.Step(w, (double[])[3, double.NaN]);
                double held = optimizer.Last;
                optimizer.Step(w, (double[])[0, 2]);
                double[] kept = [w[0], w[1], held, optimizer.Last, optimizer.Root[0], optimizer.Next[0]];
                optimizer.Reset();
                return [.. kept, optimizer.Root[0], optimizer.Next[1]];
            }

            /// <summary>The losses of a run, and how far a run that was saved and loaded in each of its steps is from it.</summary>
            public static double[] Train(int steps)
            {
                Net net = new(1), other = new(1);
                Searching optimizer = new(net), resumed = new(other);
                double[] losses = new double[steps + 1];
                for (int step = 0; step < steps; step++)
                {
                    losses[step] = optimizer.TrainStep(X(), Y());
                    resumed.TrainStep(X(), Y());
                    System.IO.MemoryStream saved = new();
                    resumed.SaveState(saved);
                    saved.Position = 0;
                    resumed = new(other);
                    resumed.LoadState(saved);
                    for (int i = 0; i < Net.ParameterCount; i++)
                        losses[steps] += net.Parameters[i] == other.Parameters[i] ? 0 : 1;
                }

                return losses;
            }

            /// <summary>How often the first layer moved, and the second one; the last loss as a share of the first.</summary>
            public static double[] Part(bool freezes)
            {
                Net net = new(2);
                Grouped grouped = new(net);
                Frozen frozen = new(net);
                double first = 0, last = 0, hidden = 0, rest = 0;
                for (int step = 0; step < 60; step++)
                {
                    double[] before = net.Parameters.ToArray();
                    last = freezes ? frozen.TrainStep(X(), Y()) : grouped.TrainStep(X(), Y());
                    first = step == 0 ? last : first;
                    hidden += net.Weights.Hidden.Kernel.Span[0] == before[0] ? 0 : 1;
                    rest += net.Weights.Out.Bias.Span[0] == before[^1] ? 0 : 1;
                }

                return [hidden, rest, last / first];
            }
        }

        namespace Mine
        {
            public static class Mixing
            {
                public static void Root(Span<double> kept, double square, double step)
                {
                    kept[0] = Math.Sqrt(square);
                    kept[1] += step;
                }

                /// <summary>Gauss' elimination; what has no pivot is left out.</summary>
                public static void Solve(Span<double> mix, ReadOnlySpan<double> products, ReadOnlySpan<double> right)
                {
                    int n = right.Length;
                    Span<double> a = stackalloc double[n * n];
                    products.CopyTo(a);
                    right.CopyTo(mix);
                    for (int k = 0; k < n; k++)
                    {
                        bool isLost = a[k * n + k] <= 1e-13 * products[k * n + k];
                        for (int i = 0; i < n; i++)
                        {
                            double factor = i == k || isLost ? 0 : a[i * n + k] / a[k * n + k];
                            for (int j = 0; j < n; j++)
                                a[i * n + j] -= factor * a[k * n + j];
                            mix[i] -= factor * mix[k];
                        }
                    }

                    for (int k = 0; k < n; k++)
                        mix[k] = a[k * n + k] <= 1e-13 * products[k * n + k] ? 0 : mix[k] / a[k * n + k];
                }
            }
        }
        """;

    private static readonly Lazy<LoadedProgram> s_program = new(() => LoadedProgram.Of(Source));

    [Fact]
    public void A_rule_of_a_users_mixes_its_last_steps()
    {
        double[] distances = s_program.Value.Method<Func<double[]>>("Bowl")();

        // Three pairs span a space of three dimensions: the fourth mixture leaves nothing, but for the step from it that the fifth one takes.
        Assert.InRange(distances[2], 1e-3, 10);
        Assert.InRange(distances[4], 0, 1e-9);
    }

    [Fact]
    public void Calls_run_when_what_they_need_is_known()
    {
        double[] result = s_program.Value.Method<Func<double[]>>("Stages")();

        // |g| = 5, then Σ|g|/5 = 7/5; the skipped step calls nothing. Then 2 and 1.
        double first = 0.1 / Math.Sqrt(1.4) / 5, second = 0.1 / 2;
        double[] expected = [1 - (3 * first), 1 + (4 * first) - (2 * second), 1 + 10, 3 + 30, 2, 1, 0, 0];
        Assert.All(expected.Zip(result), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
    }

    [Fact]
    public void A_bound_model_is_trained_by_one_evaluation_a_step_and_resumed_in_the_middle_of_a_search()
    {
        double[] losses = s_program.Value.Method<Func<int, double[]>>("Train")(120);

        Assert.Equal(0, losses[^1]);
        Assert.True(losses[1] < losses[0]);
        Assert.InRange(losses[^2], 0, 1e-6 * losses[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Groups_and_frozen_parameters_are_as_with_every_rule(bool freezes)
    {
        double[] moved = s_program.Value.Method<Func<bool, double[]>>("Part")(freezes);
        Assert.InRange(moved[0], freezes ? 0 : 10, freezes ? 0 : 60);
        Assert.InRange(moved[1], 10, 60);
        Assert.InRange(moved[2], 0, 0.9);
    }

    [Fact]
    public void The_storage_of_an_array_is_that_of_all_its_states()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid(Anderson + "[Optimizer, Anderson(History = 2), StateStorage(\"changes\", Storage.BFloat16)] public partial class O;", "O");
        Assert.Equal(
            ["Moves0 Element", "Moves1 Element", "Changes0 BFloat16", "Changes1 BFloat16", "LastParameter Element", "LastGradient Element", "Mix Element"],
            spec.States.Select(state => $"{state.Name} {state.Format}"));
        Assert.Equal(2, spec.States[6].Count);
    }

    [Fact]
    public void Of_an_array_with_a_place_for_each_state_one_is_written()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid("[Optimizer, Lbfgs] public partial class O;", "O");
        UpdateSequence sequence = UpdateSequence.Of(spec);
        IEnumerable<string> Written(UpdatePass pass) => pass.Outputs.Where(output => output.Kind == PassOutputKind.State).Select(output => spec.States[output.Index].Name);
        PlacedPass placed = Assert.Single(sequence.Placed);
        Assert.Equal(["Steps0", "Changes0"], Written(placed.Pass));
        Assert.Equal(["Previous", "Direction"], Written(sequence.Update));

        // Where the old one is read, or written at no place, all of them are written by the update.
        string[] others = ["w -= m[0]; m[0] = by == 0 ? g : m[0]; m[1] = by == 1 ? g : m[1];", "m[0] = by == 0 ? g : m[0]; m[1] = by == 2 ? g : m[1]; w -= m[0];", "m[0] = by == 0 ? g : m[0]; m[1] = by == 1 ? w : m[1]; w -= m[0];"];
        Assert.All(others, body =>
        {
            OptimizerSpec own = OptimizerSource.ReadValid($"[Optimizer] public partial class O {{ public int N {{ get; }} = 2; [Update] private void Update(ref float w, float g, [State(Copies = \"N\")] float[] m, [State(Over.Everything)] ref float by) {{ {body} by = 1 - by; }} }}", "O");
            Assert.Empty(UpdateSequence.Of(own).Placed);
        });
    }

    [Fact]
    public void A_place_outside_of_an_array_is_reported_where_it_is_asked_for()
    {
        (string source, string token, int start) = OptimizerSource.Marked("""
            [Optimizer] public partial class O
            {
                public int Means { get; } = 2;
                [Update] private void Update(ref float w, float g, [State(Copies = nameof(Means))] float[] m) => w -= m[0] = m[[|2|]] + g;
            }
            """);
        DiagnosticSpec found = Assert.Single(OptimizerSource.Read(source, "O").Diagnostics);
        Assert.Equal((start, token.Length), (found.Span.Start, found.Span.Length));
        Assert.Contains("lies outside an array of 2", found.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
    }
}
