using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>An optimizer without a model, over anybody's spans.</summary>
public class UnboundOptimizerTests
{
    private const string Source = """
        [Optimizer]
        [ClipGlobalNorm(1f)]
        [Lion(LearningRate = 0.1f)]
        public partial class Clipped;

        public sealed class Lion : UpdateRule
        {
            [Hyper] public float LearningRate { get; set; } = 1e-4f;
            [Hyper] public float Beta1 { get; set; } = 0.9f;
            [Hyper] public float Beta2 { get; set; } = 0.99f;

            [Update]
            public void Update(ref float w, float g, [State] ref float m)
            {
                float c = Beta1 * m + (1 - Beta1) * g;
                m = Beta2 * m + (1 - Beta2) * g;
                w -= LearningRate * MathF.Sign(c);
            }
        }

        [Optimizer(Precision = Precision.Double)]
        public partial class Own
        {
            [Hyper] public double Rate { get; set; } = 0.5;

            [Update]
            private void Descend(ref double w, double g, int step) => w -= Rate / step * g;
        }

        public static class Probe
        {
            public static float[] Run(float[] parameters, float[] gradients, int steps)
            {
                Clipped optimizer = new(parameters.Length);
                float[] result = (float[])parameters.Clone();
                for (int step = 0; step < steps; step++)
                    optimizer.Step(result, gradients);
                return result;
            }

            public static double[] RunOwn(double[] parameters, double[] gradients, int steps)
            {
                Own optimizer = new(parameters.Length);
                double[] result = (double[])parameters.Clone();
                for (int step = 0; step < steps; step++)
                    optimizer.Step(result, gradients);
                return result;
            }

            public static long AllocatedBytes(float[] parameters, float[] gradients)
            {
                Clipped optimizer = new(parameters.Length);
                optimizer.Step(parameters, gradients);
                long before = GC.GetAllocatedBytesForCurrentThread();
                optimizer.Step(parameters, gradients);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            public static string? WrongLength()
            {
                try
                {
                    new Clipped(4).Step(new float[4], new float[3]);
                    return null;
                }
                catch (ArgumentException wrong)
                {
                    return wrong.ParamName;
                }
            }
        }
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(100_003)]
    public void A_rule_of_the_users_updates_any_spans(int length)
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        float[] parameters = [.. Enumerable.Range(0, length).Select(i => i % 7 - 3f)], gradients = [.. Enumerable.Range(0, length).Select(i => i % 3 - 1f)];
        float[] result = program.Method<Func<float[], float[], int, float[]>>("Run")(parameters, gradients, 2);
        Assert.All(Enumerable.Range(0, length), i => Assert.Equal(parameters[i] - (0.2f * Math.Sign(gradients[i])), result[i], 1e-5f));

        double[] own = program.Method<Func<double[], double[], int, double[]>>("RunOwn")([.. parameters.Select(w => (double)w)], [.. gradients.Select(g => (double)g)], 2);
        Assert.All(Enumerable.Range(0, length), i => Assert.Equal(parameters[i] - (0.75 * gradients[i]), own[i], 1e-12));
        Assert.Equal(0, program.Method<Func<float[], float[], long>>("AllocatedBytes")(parameters, gradients));
    }

    [Fact]
    public void A_project_that_knows_tensor_spans_gets_a_step_over_them()
    {
        // Stand-ins with the members of System.Numerics.Tensors that the step uses: the package stays optional.
        using LoadedProgram program = LoadedProgram.Of("""
            namespace System.Numerics.Tensors
            {
                public readonly ref struct TensorSpan<T>(Span<T> elements, bool isDense)
                {
                    private readonly Span<T> _elements = elements;
                    public bool IsDense { get; } = isDense;
                    public nint FlattenedLength => _elements.Length;
                    public ref T GetPinnableReference() => ref _elements.GetPinnableReference();
                }

                public readonly ref struct ReadOnlyTensorSpan<T>(ReadOnlySpan<T> elements, bool isDense)
                {
                    private readonly ReadOnlySpan<T> _elements = elements;
                    public bool IsDense { get; } = isDense;
                    public nint FlattenedLength => _elements.Length;
                    public ref readonly T GetPinnableReference() => ref _elements.GetPinnableReference();
                }
            }

            [Optimizer, Sgd(LearningRate = 0.5f)] public partial class Opt;

            public static class Probe
            {
                public static float[] Run(bool isDense)
                {
                    float[] w = [1, 2, 3], g = [2, 2, 4];
                    new Opt(3).Step(new System.Numerics.Tensors.TensorSpan<float>(w, isDense), new System.Numerics.Tensors.ReadOnlyTensorSpan<float>(g, true));
                    return w;
                }
            }
            """);
        Func<bool, float[]> run = program.Method<Func<bool, float[]>>("Run");
        Assert.Equal([0, 1, 1], run(true));
        Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => run(false)).ParamName);
    }

    [Fact]
    public void Spans_of_another_length_are_refused()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Assert.Equal("gradients", program.Method<Func<string?>>("WrongLength")());
    }
}
