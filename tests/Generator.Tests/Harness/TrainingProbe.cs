namespace OptGen.Generator.Tests.Harness;

/// <summary>
/// A model <c>Net</c> and its optimizer <c>Opt</c> that went through the real generator and compiler, and now run in this process. Numbers cross the border in double
/// precision, whatever the model computes in.
/// </summary>
internal sealed class TrainingProbe : IDisposable
{
    private const string Source = """
        public static class Probe
        {
            private static Net s_model = new(1);
            private static Opt s_optimizer = new(s_model);

            public static void New(int seed)
            {
                s_model = new Net(seed);
                s_optimizer = new Opt(s_model);
            }

            public static double[] Parameters() => Wide(s_model.Parameters);

            public static void SetParameters(double[] values) => Narrow(values).CopyTo(s_model.Parameters);

            public static double[] Gradients() => Wide(s_model.Gradients);

            public static void SetGradients(double[] values) => Narrow(values).CopyTo(s_model.Gradients);

            public static double TrainStep(double[] x, int[] y) => s_optimizer.TrainStep(Narrow(x), y);

            public static double Gradient(double[] x, int[] y) => s_model.Gradient(Narrow(x), y);

            public static double Evaluate(double[] x, int[] y) => s_model.Evaluate(Narrow(x), y);

            public static void Step() => s_optimizer.Step();

            public static void Reset() => s_optimizer.Reset();

            public static int StepCount() => s_optimizer.StepCount;

            public static void SetStepCount(int count) => s_optimizer.StepCount = count;

            public static double Rate() => s_optimizer.CurrentLearningRate;

            public static void SetRate(double rate) => s_optimizer.LearningRate = (REAL)rate;

            public static double[] Predict(double[] x, int outputs)
            {
                REAL[] result = new REAL[outputs];
                s_model.Predict(Narrow(x), result);
                return Wide(result);
            }

            /// <summary>Bytes that this thread allocates in two rounds of all calls; the first of three sets the workspaces up.</summary>
            public static long AllocatedBytes(double[] x, int[] y, int outputs)
            {
                REAL[] input = Narrow(x), result = new REAL[outputs];
                long before = 0;
                for (int round = 0; round < 3; round++)
                {
                    if (round == 1)
                        before = GC.GetAllocatedBytesForCurrentThread();
                    s_optimizer.TrainStep(input, y);
                    s_model.Gradient(input, y);
                    s_optimizer.Step();
                    s_model.Predict(input, result);
                    s_model.Evaluate(input, y);
                }

                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            private static REAL[] Narrow(double[] values) => Array.ConvertAll(values, value => (REAL)value);

            private static double[] Wide(ReadOnlySpan<REAL> values) => Array.ConvertAll(values.ToArray(), value => (double)value);
        }
        """;

    private readonly LoadedProgram _program;

    private TrainingProbe(LoadedProgram program)
    {
        _program = program;
        Parameters = program.Method<Func<double[]>>(nameof(Parameters));
        SetParameters = program.Method<Action<double[]>>(nameof(SetParameters));
        Gradients = program.Method<Func<double[]>>(nameof(Gradients));
        SetGradients = program.Method<Action<double[]>>(nameof(SetGradients));
        TrainStep = program.Method<Func<double[], int[], double>>(nameof(TrainStep));
        Gradient = program.Method<Func<double[], int[], double>>(nameof(Gradient));
        Evaluate = program.Method<Func<double[], int[], double>>(nameof(Evaluate));
        Predict = program.Method<Func<double[], int, double[]>>(nameof(Predict));
        Step = program.Method<Action>(nameof(Step));
        Reset = program.Method<Action>(nameof(Reset));
        StepCount = program.Method<Func<int>>(nameof(StepCount));
        SetStepCount = program.Method<Action<int>>(nameof(SetStepCount));
        Rate = program.Method<Func<double>>(nameof(Rate));
        SetRate = program.Method<Action<double>>(nameof(SetRate));
        AllocatedBytes = program.Method<Func<double[], int[], int, long>>(nameof(AllocatedBytes));
        New = program.Method<Action<int>>(nameof(New));
    }

    public Action<int> New { get; }

    public Func<double[]> Parameters { get; }

    public Action<double[]> SetParameters { get; }

    public Func<double[]> Gradients { get; }

    public Action<double[]> SetGradients { get; }

    public Func<double[], int[], double> TrainStep { get; }

    public Func<double[], int[], double> Gradient { get; }

    public Func<double[], int[], double> Evaluate { get; }

    public Func<double[], int, double[]> Predict { get; }

    public Action Step { get; }

    public Action Reset { get; }

    public Func<int> StepCount { get; }

    public Action<int> SetStepCount { get; }

    public Func<double> Rate { get; }

    public Action<double> SetRate { get; }

    public Func<double[], int[], int, long> AllocatedBytes { get; }

    /// <summary>Generates, compiles and loads a source that declares <c>Net</c> and <c>Opt</c>.</summary>
    public static TrainingProbe Of(string declarations, bool isDouble = false, string more = "") =>
        new(LoadedProgram.Of(declarations, Source.Replace("REAL", isDouble ? "double" : "float", StringComparison.Ordinal), more));

    /// <summary>A classifier with one hidden layer.</summary>
    public static string Classifier(string optimizer, int batch = 8, int inputs = 6, int hidden = 20, int classes = 3, bool isDouble = false) => $$"""
        [Model(Batch = {{batch}}{{(isDouble ? ", Precision = Precision.Double" : "")}})]
        public partial class Net
        {
            [Dense({{hidden}})] private static partial Tensor Hidden(Tensor x);
            [Dense({{classes}})] private static partial Tensor Logits(Tensor x);

            [Forward] private static Tensor Forward([Shape({{inputs}})] Tensor x) => Logits(Relu(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>]
        {{optimizer}}
        public partial class Opt;
        """;

    /// <summary>Rows of random numbers, and a class for each that depends on them.</summary>
    public static (double[] X, int[] Y) Data(int rows, int inputs = 6, int classes = 3, int seed = 7)
    {
        Random random = new(seed);
        double[] x = [.. Enumerable.Range(0, rows * inputs).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        return (x, [.. Enumerable.Range(0, rows).Select(row => (int)((x[row * inputs] + 1) / 2 * classes))]);
    }

    public void Dispose() => _program.Dispose();
}
