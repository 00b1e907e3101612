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

        [Model(Batch = 2)]
        public partial class Single
        {
            [Dense(30)] private static partial Tensor In(Tensor x);
            [Dense(20)] private static partial Tensor Out(Tensor x);
            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Out(Tanh(In(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(20)] Tensor target) => MeanSquaredError(y, target);
        }

        [Chain(ChainPosition.Average)]
        public sealed class Coarse : ParameterTransform
        {
            [Apply]
            public void Follow(ref float w, float previous, [State(SecondWeights = true)] ref float average, int step)
            {
                float before = step == 1 ? previous : average;
                average = before + 0.25f * (w - before);
            }
        }

        [Optimizer<Single>, Adam(LearningRate = 0.01f), Coarse, StateStorage(Storage.Blockwise8), Group("In.*", Frozen = true)] public partial class Coded;

        public static class Probe
        {
            /// <summary>An average in codes of eight bits after a step, the same after it was saved and loaded, and the parameters.</summary>
            public static float[][] FrozenCodes()
            {
                float[] Decoded(Coded optimizer)
                {
                    float[] numbers = new float[Single.ParameterCount];
                    optimizer.Average.CopyTo(numbers);
                    return numbers;
                }

                Single model = new(seed: 3);
                Coded optimizer = new(model), loaded = new(model);
                optimizer.TrainStep([1, 2, -1, 0.5f], new float[40]);
                System.IO.MemoryStream file = new();
                optimizer.SaveState(file);
                file.Position = 0;
                loaded.LoadState(file);
                return [Decoded(optimizer), Decoded(loaded), model.Parameters.ToArray()];
            }

            public static int[] FrozenCodePlaces()
            {
                System.Collections.Generic.List<int> places = [];
                foreach (ParameterInfo parameter in Single.Layout)
                {
                    for (int i = 0; i < parameter.Length && parameter.Name.StartsWith("In."); i++)
                        places.Add(parameter.Offset + i);
                }

                return places.ToArray();
            }

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
    public void Frozen_parameters_are_their_own_average_where_it_is_kept_in_codes()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        float[][] sets = program.Method<Func<float[][]>>("FrozenCodes")();
        int[] places = program.Method<Func<int[]>>("FrozenCodePlaces")();
        Assert.Equal(90, places.Length);
        Assert.Equal(sets[0], sets[1]);
        Assert.All(places, place => Assert.Equal(sets[2][place], sets[0][place]));
        Assert.DoesNotContain(places, place => sets[0][place] == 0);

        // The others are what codes make of numbers that have moved by a part of a step.
        float largest = sets[2].Max(Math.Abs);
        Assert.All(Enumerable.Range(0, sets[0].Length).Except(places), i => Assert.Equal(sets[2][i], sets[0][i], (0.02f * largest) + 0.01f));
        Assert.True(Enumerable.Range(0, sets[0].Length).Except(places).Count(i => sets[2][i] != sets[0][i]) > 500);
    }

    [Fact]
    public void Numbers_of_another_layout_are_refused()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.Equal("others", program.Method<Func<string?>>("WrongLength")());
    }
}
