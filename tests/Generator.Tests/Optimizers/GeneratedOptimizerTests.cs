using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Optimizers without a model, from the attribute to the numbers that the generated code computes.</summary>
public class GeneratedOptimizerTests
{
    private delegate void DoubleStep(double[] parameters, double[] gradients);

    private delegate void SingleStep(float[] parameters, float[] gradients);

    [Theory]
    [MemberData(nameof(RuleTests.GoldenCases), MemberType = typeof(RuleTests))]
    public void Generated_code_follows_PyTorch(string name, string attribute)
    {
        UpdateCase golden = GoldenFile.Optimizers.Single(candidate => candidate.Name == name);
        using LoadedProgram exact = LoadedProgram.Of(Unbound("double", $"[Optimizer(Precision = Precision.Double), {attribute}]", golden.Initial.Length));
        using LoadedProgram single = LoadedProgram.Of(Unbound("float", $"[Optimizer, {attribute}]", golden.Initial.Length));
        DoubleStep exactStep = exact.Method<DoubleStep>("Step");
        SingleStep singleStep = single.Method<SingleStep>("Step");

        double[] w = [.. golden.Initial];
        float[] v = [.. golden.Initial.Select(number => (float)number)];
        for (int step = 0; step < golden.Gradients.Length; step++)
        {
            exactStep(w, golden.Gradients[step]);
            singleStep(v, [.. golden.Gradients[step].Select(number => (float)number)]);
            for (int i = 0; i < w.Length; i++)
            {
                double expected = golden.Parameters[step][i];
                Assert.Equal(expected, w[i], 1e-12 * Math.Max(1e-3, Math.Abs(expected)));
                Assert.Equal(expected, v[i], 2e-6 * Math.Max(1, Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void A_schedule_drives_every_step_and_resumes_exactly()
    {
        using LoadedProgram program = LoadedProgram.Of(
            """
            [Optimizer(Precision = Precision.Double), Sgd(LearningRate = 1), StepDecay(Every = 2, Factor = 0.5f)]
            public partial class O;

            public static class Probe
            {
                public static double[] Run(int skipped, int steps)
                {
                    O optimizer = new(1) { StepCount = skipped };
                    double[] w = [0], path = new double[steps];
                    for (int step = 0; step < steps; step++)
                    {
                        double rate = optimizer.CurrentLearningRate, before = w[0];
                        optimizer.Step(w, [1]);
                        path[step] = before - w[0] == rate ? rate : double.NaN;
                    }

                    return path;
                }
            }
            """);
        Func<int, int, double[]> run = program.Method<Func<int, int, double[]>>("Run");

        Assert.Equal([1, 1, 0.5, 0.5, 0.25, 0.25], run(0, 6));
        Assert.Equal([0.5, 0.25, 0.25], run(3, 3));
    }

    [Fact]
    public void Pieces_relieve_each_other_and_any_hyperparameter_can_be_driven()
    {
        using LoadedProgram program = LoadedProgram.Of(
            """
            [Optimizer(Precision = Precision.Double), Sgd(LearningRate = 1, Momentum = 0.9f)]
            [StepDecay(Every = 2, Factor = 0.5, From = 4), LinearWarmup(Warmup = 4)]
            [OneCycleMomentum(Total = 8, Fall = 0.5, Minimum = 0.5)]
            public partial class O
            {
                [Schedule(From = 8)] private static double Tail(double initial, int step) => initial / 8 / (step + 1);
            }

            public static class Probe
            {
                public static (double[] Rates, double[] Momenta, double[] W) Run(int skipped, double w, double velocity, int steps)
                {
                    O optimizer = new(1) { StepCount = skipped };
                    optimizer.M[0] = velocity;
                    double[] rates = new double[steps], momenta = new double[steps], path = new double[2 * steps], x = [w];
                    for (int step = 0; step < steps; step++)
                    {
                        (rates[step], momenta[step]) = (optimizer.CurrentLearningRate, optimizer.CurrentMomentum);
                        optimizer.Step(x, x);
                        (path[2 * step], path[2 * step + 1]) = (x[0], optimizer.M[0]);
                    }

                    return (rates, momenta, path);
                }

                public static string Replace(StepDecay schedule)
                {
                    O optimizer = new(1) { StepCount = 4 };
                    try
                    {
                        optimizer.StepDecay = schedule;
                        return "accepted";
                    }
                    catch (ArgumentException refused)
                    {
                        return refused.GetType().Name + (optimizer.CurrentLearningRate == 1);
                    }
                }
            }
            """);
        var run = program.Method<Func<int, double, double, int, (double[] Rates, double[] Momenta, double[] Path)>>("Run");

        (double[] rates, double[] momenta, double[] path) = run(0, 1, 0, 10);
        Assert.Equal([0, 0.25, 0.5, 0.75, 1, 1, 0.5, 0.5, 0.125, 0.0625], rates);
        Assert.Equal(0.5, momenta[3], 1e-12);
        Assert.Equal(0.9f, momenta[8], 1e-7);
        Assert.Equal(path[14..], run(7, path[12], path[13], 3).Path);

        Func<StepDecay, string> replace = program.Method<Func<StepDecay, string>>("Replace");
        Assert.Equal("accepted", replace(new StepDecay { Every = 3 }));
        Assert.Equal("ArgumentOutOfRangeExceptionTrue", replace(new StepDecay { Every = 0 }));
        Assert.Equal("ArgumentNullExceptionTrue", replace(null!));
    }

    [Fact]
    public void A_range_test_of_generated_code_finds_two_over_the_largest_curvature()
    {
        using LoadedProgram program = LoadedProgram.Of(
            """
            [Optimizer, Sgd]
            public partial class O;

            public static class Probe
            {
                public static double Limit(double largest)
                {
                    O optimizer = new(16);
                    float[] w = new float[16], g = new float[16];
                    Array.Fill(w, 1);
                    return new LearningRateRangeTest { Lowest = 1e-3, Highest = 10, Rates = 400, StepsPerRate = 200, Restart = true }.Run(Step, w.AsSpan(), optimizer.Reset).Limit;

                    double Step(double rate)
                    {
                        double loss = 0;
                        for (int i = 0; i < w.Length; i++)
                        {
                            double curvature = largest * Math.Pow(0.8, i);
                            loss += curvature * w[i] * w[i] / 2;
                            g[i] = (float)(curvature * w[i]);
                        }

                        optimizer.LearningRate = (float)rate;
                        optimizer.Step(w, g);
                        return loss;
                    }
                }
            }
            """);
        Func<double, double> limit = program.Method<Func<double, double>>("Limit");

        // Neighbouring rates are 2.3 % apart.
        Assert.All(new[] { 0.5, 4, 100 }, largest => Assert.InRange(limit(largest) * largest / 2, 1 / 1.024, 1.024));
    }

    [Fact]
    public void A_plateau_reduces_the_rate_of_generated_code_and_resumes_exactly()
    {
        using LoadedProgram program = LoadedProgram.Of(
            """
            [Optimizer(Precision = Precision.Double), Sgd(LearningRate = 1), ReduceOnPlateau(Patience = 1, Factor = 0.5)]
            public partial class O;

            public static class Probe
            {
                public static double[] Run(bool resumed)
                {
                    O optimizer = new(1);
                    double[] rates = new double[6];
                    for (int epoch = 0; epoch < 6; epoch++)
                    {
                        rates[epoch] = optimizer.CurrentLearningRate;
                        optimizer.Step([0.0], [1.0]);
                        optimizer.ReduceOnPlateau.Report(1);
                        if (resumed)
                        {
                            double[] state = optimizer.ReduceOnPlateau.GetState();
                            optimizer = new O(1) { StepCount = optimizer.StepCount };
                            optimizer.ReduceOnPlateau.SetState(state);
                        }
                    }

                    optimizer.Reset();
                    return optimizer.CurrentLearningRate == 1 && optimizer.StepCount == 0 ? rates : [];
                }
            }
            """);
        Func<bool, double[]> run = program.Method<Func<bool, double[]>>("Run");

        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.25], run(false));
        Assert.Equal(run(false), run(true));
    }

    [Fact]
    public void A_users_rule_with_branches_is_the_same_generated_as_executed()
    {
        using LoadedProgram program = LoadedProgram.Of(
            """
            [Optimizer]
            public partial class Trend
            {
                [Hyper] public float Growth { get; set; } = 1.2f;
                [Hyper] public int Patience { get; set; } = 2;
                [Hyper] public bool Backtrack { get; set; } = true;

                [Update]
                public void Update(ref float w, float g, [State] ref float last, [State] ref float size, int step)
                {
                    if (step <= Patience)
                        size = 0.1f;
                    float agreement = g * last;
                    if (agreement > 0)
                    {
                        size = Grown(size);
                    }
                    else if (agreement < 0)
                    {
                        size = MathF.Max(size / 2, 1e-6f);
                        if (Backtrack)
                            g = 0;
                    }

                    w -= MathF.Sign(g) * size;
                    last = g;
                }

                private float Grown(float size) => MathF.Min(size * Growth, 50);
            }

            public static class Probe
            {
                public static float Difference(bool backtrack)
                {
                    const int Count = 37;
                    Trend widened = new(Count) { Backtrack = backtrack }, scalar = new(0) { Backtrack = backtrack };
                    float[] w = new float[Count], expected = new float[Count], g = new float[Count], last = new float[Count], size = new float[Count];
                    Random random = new(3);
                    float worst = 0;
                    for (int step = 1; step <= 20; step++)
                    {
                        for (int i = 0; i < Count; i++)
                        {
                            g[i] = random.Next(-2, 3);
                            scalar.Update(ref expected[i], g[i], ref last[i], ref size[i], step);
                        }

                        widened.Step(w, g);
                        for (int i = 0; i < Count; i++)
                            worst = Math.Max(worst, Math.Max(Math.Abs(w[i] - expected[i]), Math.Abs(widened.Size[i] - size[i])));
                    }

                    return w[0] == 0 ? float.NaN : worst;
                }
            }
            """);
        Func<bool, float> difference = program.Method<Func<bool, float>>("Difference");

        Assert.InRange(difference(true), 0, 1e-6f);
        Assert.InRange(difference(false), 0, 1e-6f);
    }

    private static string Unbound(string element, string attributes, int count) => $$"""
        {{attributes}}
        public partial class O;

        public static class Probe
        {
            private static readonly O s_optimizer = new({{count}});

            public static void Step({{element}}[] parameters, {{element}}[] gradients) => s_optimizer.Step(parameters, gradients);
        }
        """;
}
