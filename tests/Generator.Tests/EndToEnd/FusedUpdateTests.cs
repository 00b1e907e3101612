using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>Updates of every shape in the fused training step: each rule of the library, and rules whose states are read before, after, or without the gradient.</summary>
public class FusedUpdateTests
{
    private const string Net = """
        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(5)] private static partial Tensor Hidden(Tensor x);
            [Dense(1, Bias = false)] private static partial Tensor Result(Tensor x);
            [Forward] private static Tensor Forward([Shape(3)] Tensor x) => Result(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => Mean(Square(y - target));
        }

        """;

    /// <summary>Bodies of update methods: states that begin as the parameter, that are read by others, in either order.</summary>
    private static readonly string[] s_bodies =
    [
        "if (step == 1) a = w; b += g; w = a - LearningRate * b;",
        "if (step == 1) a = w; b += g; c += g * g; w += 0.5f * (a - LearningRate * b / (MathF.Sqrt(c) + 1e-3f) - w);",
        "a += 0.1f * (w - a); w -= LearningRate * (g + 0.1f * (w - a));",
        "a = 0.9f * a + 0.1f; b = a * w; w -= LearningRate * g * a + 1e-3f * b;",
        "w -= LearningRate * g; a = w; b += a;",
        "float d = w - a; a = w; b = 0.5f * b + d; w -= LearningRate * (g - 0.1f * b);",
        "if (step == 1) { a = w; b = w; } c = 0.9f * c + g; w = a - LearningRate * c; a = 0.5f * (a + b); b = a;",
    ];

    [Fact]
    public void A_fused_step_is_the_gradient_and_then_the_step()
    {
        Type[] rules = [.. typeof(UpdateRule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(UpdateRule))).OrderBy(type => type.Name, StringComparer.Ordinal)];
        IEnumerable<string> classes = rules.Select((rule, i) => $"[Optimizer<Net>, {rule.Name}] public partial class O{i};").Concat(s_bodies.Select((body, i) => $$"""
            [Optimizer<Net>]
            public partial class O{{rules.Length + i}}
            {
                [Hyper] public float LearningRate { get; set; } = 0.1f;
                [Update] private void Update(ref float w, float g, {{string.Join(", ", new[] { "a", "b", "c" }.Where(state => UsesState(body, state)).Select(state => $"[State] ref float {state}"))}}, int step) { {{body}} }
            }
            """));
        int count = rules.Length + s_bodies.Length;
        using LoadedProgram program = LoadedProgram.Of($$"""
            {{Net}}
            {{string.Join("\n", classes)}}

            public static class Probe
            {
                private static readonly double[] s_x = [.3, -1, .5, 1, .2, -.4, -.7, .1, .9, .6, -.2, .8], s_y = [1, -1, .5, 0];

                public static double[] Run(int number, bool fused)
                {
                    Net model = new(3);
                    Action step = number switch
                    {
                        {{string.Join("\n                        ", Enumerable.Range(0, count).Select(i => $"{i} => Steps(new O{i}(model), fused),"))}}
                        _ => throw new ArgumentOutOfRangeException(nameof(number)),
                    };
                    for (int i = 0; i < 6; i++)
                        step();
                    return model.Parameters.ToArray();
                }

            {{string.Join("\n", Enumerable.Range(0, count).Select(i => $$"""
                private static Action Steps(O{{i}} optimizer, bool fused) => fused
                    ? () => optimizer.TrainStep(s_x, s_y)
                    : () => { double loss = optimizer.Model.Gradient(s_x, s_y); optimizer.Step({{(i < rules.Length && ReadsLoss(rules[i]) ? "loss" : "")}}); };
            """))}}
            }
            """);
        Func<int, bool, double[]> run = program.Method<Func<int, bool, double[]>>("Run");
        for (int i = 0; i < count; i++)
        {
            double[] fused = run(i, true), apart = run(i, false);
            Assert.All(fused.Zip(apart), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        }

        // A rule may read it with some of its options only.
        static bool ReadsLoss(Type rule) => OptimizerSource.ReadValid($"[Optimizer, {rule.Name}] public partial class O;", "O").ReadsLoss;
    }

    private static bool UsesState(string body, string state) => System.Text.RegularExpressions.Regex.IsMatch(body, $@"\b{state}\b");
}
