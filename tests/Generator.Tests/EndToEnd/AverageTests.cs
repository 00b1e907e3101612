using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>An average of the parameters is a second set of weights: readable by name, and exchangeable with the parameters to predict with.</summary>
public class AverageTests
{
    private const string Source = """
        [Model(Batch = 2, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(1, Bias = false)] private static partial Tensor Out(Tensor x);
            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Out(x);
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => MeanSquaredError(y, target);
        }

        [Optimizer<Net>, Sgd(LearningRate = 0.1f), Ema(0.5f)] public partial class Opt;

        [Model(Batch = 2, Precision = Precision.Double)]
        public partial class Deep
        {
            [Dense(3)] private static partial Tensor In(Tensor x);
            [Dense(2, Bias = false)] private static partial Tensor Mid(Tensor x);
            [Dense(1)] private static partial Tensor Out(Tensor x);
            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Out(Mid(In(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => MeanSquaredError(y, target);
        }

        [Optimizer<Deep>, Sgd(LearningRate = 0.1f), Lookahead, Ema(0.5f), Swa, Group("In.*", Frozen = true), Group("Out.Bias", Frozen = true)] public partial class Tuned;

        public static class Probe
        {
            /// <summary>Three sets of weights after two steps, then the parameters.</summary>
            public static double[][] Frozen(bool isFused)
            {
                Deep model = new(seed: 3);
                Tuned tuned = new(model);
                for (int step = 0; step < 2; step++)
                {
                    if (isFused)
                    {
                        tuned.TrainStep([1.0, 2.0, -1.0, 0.5], [1.0, -1.0]);
                    }
                    else
                    {
                        model.Gradient([1.0, 2.0, -1.0, 0.5], [1.0, -1.0]);
                        tuned.Step();
                    }
                }

                return [tuned.Average.ToArray(), tuned.SwaAverage.ToArray(), tuned.Slow.ToArray(), model.Parameters.ToArray()];
            }

            public static int[] FrozenPlaces()
            {
                System.Collections.Generic.List<int> places = [];
                foreach (ParameterInfo parameter in Deep.Layout)
                {
                    for (int i = 0; i < parameter.Length && (parameter.Name.StartsWith("In.") || parameter.Name == "Out.Bias"); i++)
                        places.Add(parameter.Offset + i);
                }

                return places.ToArray();
            }

            public static double[] Run()
            {
                Net net = new(seed: 3);
                Opt opt = new(net);
                double[] expected = net.Parameters.ToArray();
                for (int step = 0; step < 6; step++)
                {
                    opt.TrainStep([1.0, 2.0, -1.0, 0.5], [1.0, -1.0]);
                    for (int i = 0; i < 2; i++)
                        expected[i] = 0.5 * expected[i] + 0.5 * net.Parameters[i];
                }

                double[] y = new double[1];
                double byName = Net.WeightsOf(opt.Average).Out.Kernel[1, 0];
                net.ExchangeParameters(opt.Average);
                net.Predict([1.0, 2.0], y);
                net.ExchangeParameters(opt.Average);
                double again = opt.Average[1];
                return [byName - expected[1], y[0] - (expected[0] + 2 * expected[1]), again - expected[1]];
            }

            public static string? WrongLength()
            {
                try
                {
                    new Net().ExchangeParameters(new double[3]);
                    return null;
                }
                catch (ArgumentException wrong)
                {
                    return wrong.ParamName;
                }
            }
        }
        """;

    [Fact]
    public void The_average_predicts_and_is_read_by_name()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.All(program.Method<Func<double[]>>("Run")(), difference => Assert.Equal(0, difference, 1e-14));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frozen_parameters_are_their_own_average(bool isFused)
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        double[][] sets = program.Method<Func<bool, double[][]>>("Frozen")(isFused);
        int[] places = program.Method<Func<int[]>>("FrozenPlaces")();
        Assert.Equal(10, places.Length);
        Assert.All(places, place => Assert.All(sets[..3], set => Assert.Equal(sets[3][place], set[place])));
        Assert.All(sets[..3], set => Assert.All(Enumerable.Range(0, set.Length).Except(places), i => Assert.NotEqual(sets[3][i], set[i])));
    }

    [Fact]
    public void Numbers_of_another_layout_are_refused()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.Equal("others", program.Method<Func<string?>>("WrongLength")());
    }
}
