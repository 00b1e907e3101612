using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers.ClosedForms;

/// <summary>The classic methods as a user writes them down, each a few lines about one parameter, compiled.</summary>
internal static class UsersRules
{
    private const string Source = """
        [Optimizer(Precision = Precision.Double)]
        public partial class Descent
        {
            [Hyper] public double LearningRate { get; set; } = 0.1;

            [Update]
            private void Update(ref double w, double g) => w -= LearningRate * g;
        }

        [Optimizer(Precision = Precision.Double), InverseTime]
        public partial class FadingDescent
        {
            [Hyper] public double LearningRate { get; set; } = 1;

            [Update]
            private void Update(ref double w, double g) => w -= LearningRate * g;
        }

        [Optimizer(Precision = Precision.Double), StepDecay(Every = 100, Factor = 0.5)]
        public partial class DecayedDescent
        {
            [Hyper] public double LearningRate { get; set; } = 1.7;

            [Update]
            private void Update(ref double w, double g) => w -= LearningRate * g;
        }

        [Optimizer(Precision = Precision.Double), ClipValue(1f)]
        public partial class ValueClippedDescent
        {
            [Hyper] public double LearningRate { get; set; } = 0.1;

            [Update]
            private void Update(ref double w, double g) => w -= LearningRate * g;
        }

        [Optimizer(Precision = Precision.Double), ClipTensorNorm(1f)]
        public partial class TensorClippedDescent
        {
            [Hyper] public double LearningRate { get; set; } = 0.1;

            [Update]
            private void Update(ref double w, double g) => w -= LearningRate * g;
        }

        [Optimizer(Precision = Precision.Double), ClipGlobalNorm(1f)]
        public partial class GloballyClippedDescent
        {
            [Hyper] public double LearningRate { get; set; } = 0.1;

            [Update]
            private void Update(ref double w, double g) => w -= LearningRate * g;
        }

        [Optimizer(Precision = Precision.Double)]
        public partial class Momentum
        {
            [Hyper] public double LearningRate { get; set; } = 0.1;
            [Hyper] public double Beta { get; set; } = 0.9;

            [Update]
            private void Update(ref double w, double g, [State] ref double delta)
            {
                delta = Beta * delta - LearningRate * g;
                w += delta;
            }
        }

        /// <summary>The parameters are the point ahead, w + βΔ, at which gradients are taken.</summary>
        [Optimizer(Precision = Precision.Double)]
        public partial class Nesterov
        {
            [Hyper] public double LearningRate { get; set; } = 0.1;
            [Hyper] public double Beta { get; set; } = 0.9;

            [Update]
            private void Update(ref double ahead, double g, [State] ref double delta)
            {
                double w = ahead - Beta * delta;
                delta = Beta * delta - LearningRate * g;
                ahead = w + delta + Beta * delta;
            }
        }

        /// <summary>Rprop that takes a step back when it went too far.</summary>
        [Optimizer(Precision = Precision.Double)]
        public partial class Trend
        {
            [Hyper] public double First { get; set; } = 0.1;
            [Hyper] public double Growth { get; set; } = 1.2;
            [Hyper] public double Shrink { get; set; } = 0.5;
            [Hyper] public double Longest { get; set; } = 50;
            [Hyper] public double Shortest { get; set; } = 1e-6;

            [Update]
            private void Update(ref double w, double g, [State] ref double last, [State] ref double length, [State] ref double move, int step)
            {
                if (step == 1)
                    length = First;
                if (g * last < 0)
                {
                    length = Math.Max(Shrink * length, Shortest);
                    w -= move;
                    move = 0;
                    last = 0;
                }
                else
                {
                    if (g * last > 0)
                        length = Math.Min(Growth * length, Longest);
                    move = -Math.Sign(g) * length;
                    w += move;
                    last = g;
                }
            }
        }

        /// <summary>Quickprop: to where the line through the last two slopes meets zero.</summary>
        [Optimizer(Precision = Precision.Double)]
        public partial class Secant
        {
            [Hyper] public double LearningRate { get; set; } = 0.1;
            [Hyper] public double Growth { get; set; } = 1.75;

            [Update]
            private void Update(ref double w, double g, [State] ref double move, [State] ref double last, int step)
            {
                double longest = Growth * Math.Abs(move), secant = move * g / (last - g);
                move = step == 1 ? -LearningRate * g : Math.Min(Math.Max(secant, -longest), longest);
                last = g;
                w += move;
            }
        }

        [Optimizer(Precision = Precision.Double), AdaGrad(LearningRate = 0.1f, Epsilon = 1e-30f)]
        public partial class SumOfSquares;

        [Optimizer(Precision = Precision.Double), RmsProp(LearningRate = 0.1f, Alpha = 0.75f, Epsilon = 1e-30f)]
        public partial class MeanSquare;

        [Optimizer(Precision = Precision.Double), Adam(LearningRate = 0.1f, Beta1 = 0.5f, Beta2 = 0.75f, Epsilon = 1e-30f)]
        public partial class Moments;

        [Optimizer(Precision = Precision.Double), Sgd(LearningRate = 0.1f, Momentum = 0.9f, Nesterov = true)]
        public partial class LibraryNesterov;

        [Optimizer(Precision = Precision.Double), Rprop(LearningRate = 0.1f)]
        public partial class LibraryRprop;

        [Optimizer(Precision = Precision.Double), Quickprop(LearningRate = 0.1f)]
        public partial class LibraryQuickprop;

        public static class Probe
        {
            public static object Create(string name, int count) => name switch
            {
                nameof(Descent) => new Descent(count),
                nameof(FadingDescent) => new FadingDescent(count),
                nameof(DecayedDescent) => new DecayedDescent(count),
                nameof(ValueClippedDescent) => new ValueClippedDescent(count),
                nameof(TensorClippedDescent) => new TensorClippedDescent(2, count - 2),
                nameof(GloballyClippedDescent) => new GloballyClippedDescent(2, count - 2),
                nameof(Momentum) => new Momentum(count),
                nameof(Nesterov) => new Nesterov(count),
                nameof(Trend) => new Trend(count),
                nameof(Secant) => new Secant(count),
                nameof(SumOfSquares) => new SumOfSquares(count),
                nameof(MeanSquare) => new MeanSquare(count),
                nameof(Moments) => new Moments(count),
                nameof(LibraryNesterov) => new LibraryNesterov(count),
                nameof(LibraryRprop) => new LibraryRprop(count),
                nameof(LibraryQuickprop) => new LibraryQuickprop(count),
                _ => throw new ArgumentOutOfRangeException(nameof(name)),
            };
        }
        """;

    private static readonly Lazy<Func<string, int, object>> s_create = new(() => LoadedProgram.Of(Source).Method<Func<string, int, object>>("Create"));

    public static CompiledOptimizer Create(string name, int count) => new(s_create.Value(name, count));

    /// <summary>The points of a run from a start; the first is the start.</summary>
    public static double[][] Path(this CompiledOptimizer optimizer, double[] start, Func<double[], double[]> gradient, int steps)
    {
        double[] w = [.. start];
        double[][] path = new double[steps + 1][];
        path[0] = start;
        for (int step = 1; step <= steps; step++)
        {
            optimizer.Step<double>(w, gradient(w));
            path[step] = [.. w];
        }

        return path;
    }
}
