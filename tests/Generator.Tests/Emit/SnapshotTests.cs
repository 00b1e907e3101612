using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Emit;

/// <summary>
/// The emitted code of a few small models, letter by letter, in <c>Snapshots/</c>. A change of the output is looked at there, as a difference between two versions;
/// with the environment variable <c>OPTGEN_UPDATE_SNAPSHOTS</c> set to 1, the tests write the files instead of comparing them.
/// </summary>
public class SnapshotTests
{
    private static readonly bool s_update = Environment.GetEnvironmentVariable("OPTGEN_UPDATE_SNAPSHOTS") == "1";

    [Fact]
    public void A_classifier_with_adamw_and_a_schedule() => Compare("Classifier", TrainingProbe.Classifier("[AdamW(WeightDecay = 0.1f)]\n[WarmupCosine(Warmup = 10, Total = 100)]"));

    [Fact]
    public void A_regression_in_double_with_clipping() => Compare("Regression", """
        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(5)] private static partial Tensor Hidden(Tensor x);
            [Dense(2, Bias = false)] private static partial Tensor Result(Tensor x);

            [Forward] private static Tensor Forward([Shape(3)] Tensor x) => Result(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor result, [Shape(2)] Tensor target) => MeanSquaredError(result, target);
        }

        [Optimizer<Net>]
        [ClipGlobalNorm(1f)]
        [Sgd(LearningRate = 0.1f, Momentum = 0.9f)]
        public partial class Opt;
        """);

    [Fact]
    public void A_rule_of_the_users_without_a_model() => Compare("Lion", """
        [Optimizer]
        public partial class Lion
        {
            [Hyper] public float LearningRate { get; set; } = 1e-4f;
            [Hyper] public float Beta1 { get; set; } = 0.9f;
            [Hyper] public float Beta2 { get; set; } = 0.99f;
            [Hyper] public float WeightDecay { get; set; }

            [Update]
            private void Update(ref float w, float g, [State] ref float m)
            {
                float c = Beta1 * m + (1 - Beta1) * g;
                m = Beta2 * m + (1 - Beta2) * g;
                w -= LearningRate * (MathF.Sign(c) + WeightDecay * w);
            }
        }
        """);

    [Fact]
    public void A_rule_that_keeps_rows_and_columns() => Compare("Sm3", "[Optimizer, Sm3] public partial class Opt;");

    private static void Compare(string name, string source)
    {
        IReadOnlyDictionary<string, string> files = GeneratorRun.Clean(source).Files;
        string folder = Path.Combine(Repository.Tests, "Snapshots", name);
        if (s_update)
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
            foreach ((string file, string text) in files)
                File.WriteAllText(Path.Combine(folder, file + ".txt"), text);
        }

        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllText(Path.Combine(folder, file.Key + ".txt")), file.Value));
    }
}
