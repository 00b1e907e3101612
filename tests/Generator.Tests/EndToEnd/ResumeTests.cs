using OptGen.Data;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>A run that is saved, loaded by another process and continued is the run that never stopped, to the last bit.</summary>
public sealed class ResumeTests
{
    private const string Model = """
        [Model(Batch = 4)]
        public partial class Net
        {
            [Dense(3)] private static partial Tensor Hidden(Tensor x);
            [Dense(2)] private static partial Tensor Result(Tensor x);

            [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Result(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor result, [Shape(2)] Tensor target) => MeanSquaredError(result, target);
        }
        """;

    /// <summary>What every rule, and what chains and schedules do, of one program: each class is <c>Opt</c> and a number.</summary>
    private static readonly string[] s_bound =
    [
        .. typeof(UpdateRule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(UpdateRule)) && !type.IsAbstract).Select(type => $"[{type.Name}]").Order(StringComparer.Ordinal),
        "[AdamW(WeightDecay = 0.1f)][WarmupCosine(Warmup = 4, Total = 12)]",
        "[ClipGlobalNorm(0.01f)][Adam][StepDecay(Every = 3, Factor = 0.5f)]",
        "[Sgd(LearningRate = 0.1f, Momentum = 0.9f)][ReduceOnPlateau(Patience = 1)]",
    ];

    private static readonly Lazy<LoadedProgram> s_program = new(() => LoadedProgram.Of(Model, Sources()));

    public static TheoryData<int, string> Bound => [.. s_bound.Select((attributes, i) => new TheoryDataRow<int, string>(i, attributes))];

    [Theory]
    [MemberData(nameof(Bound))]
    public void A_resumed_run_is_the_run_that_never_stopped(int number, string attributes)
    {
        float[] resumed = s_program.Value.Method<Func<float[]>>($"Resumed{number}")(), whole = s_program.Value.Method<Func<float[]>>($"Whole{number}")();
        Assert.True(whole.SequenceEqual(resumed), attributes);
        Assert.All(whole, value => Assert.True(float.IsFinite(value)));

        // The test sees a state that is lost: without it, all but the rules that keep none, or none that their steps read, go elsewhere.
        float[] forgetful = s_program.Value.Method<Func<float[]>>($"Forgetful{number}")();
        Assert.True(attributes is "[Sgd]" or "[SignSgd]" or "[Asgd]" or "[Fromage]" or "[PolyakSgd]" || !whole.SequenceEqual(forgetful), attributes);
    }

    [Fact]
    public void The_file_of_another_optimizer_is_refused_and_nothing_is_changed()
    {
        int adam = Array.IndexOf(s_bound, "[Adam]"), belief = Array.IndexOf(s_bound, "[AdaBelief]");
        byte[] file = s_program.Value.Method<Func<byte[]>>($"State{adam}")();
        Func<byte[]> state = s_program.Value.Method<Func<byte[]>>($"State{belief}");
        byte[] before = state();
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => s_program.Value.Method<Action<byte[]>>($"Load{belief}")(file));
        Assert.Matches($@"^The file was written by Opt{adam} \(Adam\) with layout [0-9a-f]{{16}}; this is Opt{belief} \(AdaBelief\) with layout [0-9a-f]{{16}}, to which its content means nothing\.$", refusal.Message);
        Assert.Equal(before, state());

        Action<byte[]> load = s_program.Value.Method<Action<byte[]>>($"Load{adam}");
        for (int length = 0; length < file.Length; length += 13)
            Assert.Throws<CheckpointException>(() => load(file[..length]));
        file[^1] ^= 1;
        Assert.Contains("The file is damaged", Assert.Throws<CheckpointException>(() => load(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_and_running_averages_go_on_as_if_the_run_had_never_stopped()
    {
        const string Source = """
            [Model(Batch = 4)]
            public partial class Net
            {
                [Dense(16)] private static partial Tensor Hidden(Tensor x);
                [BatchNorm] private static partial Tensor Norm(Tensor x);
                [Dropout(0.5f)] private static partial Tensor Drop(Tensor x);
                [Dense(2)] private static partial Tensor Result(Tensor x);

                [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Result(Drop(Tanh(Norm(Hidden(x)))));
                [Loss] private static Tensor Loss(Tensor result, [Shape(2)] Tensor target) => MeanSquaredError(result, target);
            }

            [Optimizer<Net>] [Adam] public partial class Opt;

            public static class Probe
            {
                private static readonly float[] s_x = [0.1f, 1, -0.5f, 0.3f, 0.7f, -0.2f, 0.9f, 0.4f], s_y = [1, 0.2f, 0, 1, 0.5f, 0.5f, -1, 0];

                private static void Run(Opt optimizer, int from, int to)
                {
                    for (int step = from; step < to; step++)
                    {
                        optimizer.TrainStep(s_x, s_y);
                        optimizer.Model.Gradient(s_x, s_y);
                    }
                }

                private static float[] All(Net net) => [.. net.Parameters, .. net.BufferValues, net.RandomSeed, net.RandomStep];

                public static float[] Whole() { Net net = new(3); Run(new Opt(net), 0, 12); return All(net); }

                public static float[] Resumed(bool loads)
                {
                    Opt first = new(new Net(3)), second = new(new Net(4));
                    Run(first, 0, 6);
                    Run(second, 0, 1);
                    System.IO.MemoryStream stream = new();
                    first.Model.Save(stream);
                    first.SaveState(stream);
                    stream.Position = 0;
                    second.Model.Load(stream);
                    if (loads)
                        second.LoadState(stream);
                    Run(second, 6, 12);
                    return All(second.Model);
                }
            }
            """;
        using LoadedProgram program = LoadedProgram.Of(Source);
        float[] whole = program.Method<Func<float[]>>("Whole")();
        Func<bool, float[]> resumed = program.Method<Func<bool, float[]>>("Resumed");

        Assert.Equal([3, 24], whole[^2..]);
        Assert.Equal(whole, resumed(true));
        Assert.NotEqual(whole[..^2], resumed(false)[..^2]);
    }

    [Theory]
    [InlineData("float")]
    [InlineData("double")]
    public void An_optimizer_without_a_model_resumes_too(string element)
    {
        string source = $$"""
            [Optimizer{{(element == "double" ? "(Precision = Precision.Double)" : "")}}]
            [ReduceOnPlateau(Patience = 0)]
            public partial class Opt
            {
                [Hyper] public float LearningRate { get; set; } = 1e-2f;
                [Hyper] public double Beta { get; set; } = 0.9;
                [Hyper] public int Period { get; set; } = 3;
                [Hyper] public bool Slow { get; set; }

                [Update]
                private void Update(ref float w, float g, [State] ref float m, int step)
                {
                    m = (float)Beta * m + g;
                    w -= LearningRate * (Slow ? 0.5f : 1) * m / (Period + step);
                }
            }

            public static class Probe
            {
                private static {{element}}[] Gradients(int step) { {{element}}[] g = new {{element}}[37]; for (int i = 0; i < 37; i++) g[i] = ({{element}})(Math.Sin(i + step) / 3); return g; }

                private static void Run(Opt optimizer, {{element}}[] w, int from, int to)
                {
                    for (int step = from; step < to; step++)
                    {
                        optimizer.Step(w, Gradients(step));
                        optimizer.ReduceOnPlateau.Report(step < 3 ? -step : 0);
                        if (step == 2)
                            (optimizer.Beta, optimizer.Period, optimizer.Slow, optimizer.LearningRate) = (0.8, 7, true, 0.03f);
                    }
                }

                public static double[] Whole() { {{element}}[] w = new {{element}}[37]; Run(new Opt(37), w, 0, 10); return Array.ConvertAll(w, value => (double)value); }

                public static double[] Resumed(string path)
                {
                    {{element}}[] w = new {{element}}[37];
                    Opt first = new(37), second = new(37);
                    Run(first, w, 0, 5);
                    first.SaveState(path);
                    second.Step(new {{element}}[37], Gradients(99));
                    second.LoadState(path);
                    if (second.StepCount != 5 || second.CurrentLearningRate != first.CurrentLearningRate || second.LearningRate != 0.03f || second.Period != 7 || !second.Slow)
                        throw new InvalidOperationException();
                    Run(second, w, 5, 10);
                    return Array.ConvertAll(w, value => (double)value);
                }

                public static void Other(string path) => new Opt(36).LoadState(path);
            }
            """;
        using LoadedProgram program = LoadedProgram.Of(source);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Assert.Equal(program.Method<Func<double[]>>("Whole")(), program.Method<Func<string, double[]>>("Resumed")(path));
            Assert.Matches(
                "^The file was written by Opt with layout ([0-9a-f]{16}) for 1 tensors of 37 elements \\([0-9a-f]{16}\\); this is Opt with layout \\1 for 1 tensors of 36 elements ",
                Assert.Throws<CheckpointException>(() => program.Method<Action<string>>("Other")(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Sources()
    {
        string classes = string.Concat(s_bound.Select((attributes, i) => $"[Optimizer<Net>] {attributes} public partial class Opt{i};\n"));
        string methods = string.Concat(s_bound.Select((attributes, i) => $$"""
                private static readonly Opt{{i}} s_optimizer{{i}} = new(new Net(3));

                private static void Run(Net net, Opt{{i}} optimizer, int from, int to)
                {
                    for (int step = from; step < to; step++)
                    {
                        float loss = optimizer.TrainStep(X(step), Y(step));
                        {{(attributes.Contains("Plateau", StringComparison.Ordinal) ? "optimizer.ReduceOnPlateau.Report(loss);" : "")}}
                        if (step == 2)
                            optimizer.LearningRate *= 2;
                    }
                }

                public static float[] Whole{{i}}() { Net net = new(3); Run(net, new Opt{{i}}(net), 0, 12); return net.Parameters.ToArray(); }

                public static float[] Resumed{{i}}() => Continue{{i}}(loads: true);

                public static float[] Forgetful{{i}}() => Continue{{i}}(loads: false);

                private static float[] Continue{{i}}(bool loads)
                {
                    Net first = new(3), second = new(4);
                    Opt{{i}} firstOptimizer = new(first), secondOptimizer = new(second);
                    Run(first, firstOptimizer, 0, 6);
                    Run(second, secondOptimizer, 0, 1);
                    System.IO.MemoryStream stream = new();
                    first.Save(stream);
                    firstOptimizer.SaveState(stream);
                    stream.Position = 0;
                    second.Load(stream);
                    if (loads)
                        secondOptimizer.LoadState(stream);
                    else
                        (secondOptimizer.StepCount, secondOptimizer.LearningRate) = (firstOptimizer.StepCount, firstOptimizer.LearningRate);
                    Run(second, secondOptimizer, 6, 12);
                    return second.Parameters.ToArray();
                }

                public static byte[] State{{i}}() { System.IO.MemoryStream stream = new(); s_optimizer{{i}}.SaveState(stream); return stream.ToArray(); }

                public static void Load{{i}}(byte[] file) => s_optimizer{{i}}.LoadState(new System.IO.MemoryStream(file));

            """));
        return $$"""
            {{classes}}
            public static class Probe
            {
                private static float[] X(int step) => [0.1f * step, 1, -0.5f, 0.3f, 0.7f, -0.2f * step, 0.9f, 0.4f];
                private static float[] Y(int step) => [1, 0.2f * step, 0, 1, 0.5f, 0.5f, -1, 0];
            {{methods}}
            }
            """;
    }
}
