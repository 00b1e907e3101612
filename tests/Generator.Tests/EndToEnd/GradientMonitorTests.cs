using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>The pathology that the monitor is there for: a deep network of saturating activations, and the same with residual joins.</summary>
public sealed class GradientMonitorTests : IDisposable
{
    private readonly LoadedProgram _program = LoadedProgram.Of("""
        public sealed class Twelve(bool residual) : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                for (int i = 0; i < 12; i++)
                {
                    Tensor y = Sigmoid(new Dense(6).Forward(x));
                    x = residual ? x + y : y;
                }

                return x;
            }
        }

        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Plain
        {
            [Twelve(false)] private static partial Tensor Deep(Tensor x);
            [Dense(6)] private static partial Tensor Out(Tensor x);

            [Forward] private static Tensor Forward([Shape(6)] Tensor x) => Out(Deep(x));
            [Loss] private static Tensor Loss(Tensor y, [Shape(6)] Tensor target) => MeanSquaredError(y, target);
        }

        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Joined
        {
            [Twelve(true)] private static partial Tensor Deep(Tensor x);
            [Dense(6)] private static partial Tensor Out(Tensor x);

            [Forward] private static Tensor Forward([Shape(6)] Tensor x) => Out(Deep(x));
            [Loss] private static Tensor Loss(Tensor y, [Shape(6)] Tensor target) => MeanSquaredError(y, target);
        }

        public static class Probe
        {
            public static (int Vanishing, bool IsExploding, string? First) OfPlain(double[] x)
            {
                var model = new Plain(seed: 1);
                model.Gradient(x, new double[24]);
                return Check(new GradientMonitor(Plain.Layout), model.Gradients);
            }

            public static (int Vanishing, bool IsExploding, string? First) OfJoined(double[] x)
            {
                var model = new Joined(seed: 1);
                model.Gradient(x, new double[24]);
                return Check(new GradientMonitor(Joined.Layout), model.Gradients);
            }

            private static (int, bool, string?) Check(GradientMonitor monitor, ReadOnlySpan<double> gradients)
            {
                GradientState state = monitor.Check(gradients);
                return (state.Vanishing, state.IsExploding, monitor.FirstVanishing?.Name);
            }
        }
        """);

    [Fact]
    public void A_deep_network_of_sigmoids_gives_its_first_layers_no_gradient()
    {
        (int vanishing, bool isExploding, string? first) = Check("OfPlain");
        Assert.InRange(vanishing, 2, 20);
        Assert.False(isExploding);
        Assert.Equal("Deep.Dense.Kernel", first);
    }

    [Fact]
    public void With_residual_joins_every_layer_gets_its_gradient() => Assert.Equal((0, false, null), Check("OfJoined"));

    public void Dispose() => _program.Dispose();

    private (int Vanishing, bool IsExploding, string? First) Check(string method) =>
        _program.Method<Func<double[], (int, bool, string?)>>(method)([.. Enumerable.Range(0, 24).Select(i => Math.Sin(i * 1.7))]);
}
