using System.Runtime.Intrinsics.X86;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>What an update may do to be fast: quotients that err in their last places, and subnormal states that are looked for once in a while.</summary>
public class DivisionTests
{
    private const int Count = 77;

    private const string Source =
        """
        [Optimizer, AdamW] public partial class Fast;
        [Optimizer(ExactDivision = true), AdamW] public partial class Exact;
        [Optimizer(Precision = Precision.Double), AdamW] public partial class Double;

        [Model(Batch = 2)]
        public partial class Net
        {
            [Dense(3)] private static partial Tensor Logits(Tensor x);
            [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Logits(x);
            [Loss] private static Tensor Loss(Tensor y, [Shape] Labels labels) => SoftmaxCrossEntropy(y, labels);
        }

        [Optimizer<Net>, AdamW] public partial class FastOfNet;
        [Optimizer<Net>(ExactDivision = true), AdamW] public partial class ExactOfNet;

        public static class Probe
        {
            public static float[] Train(bool exact, int count, int steps)
            {
                float[] w = new float[count], g = new float[count], largest = new float[count];
                Fast fast = new(count);
                Exact slow = new(count);
                for (int step = 0; step < steps; step++)
                {
                    for (int i = 0; i < count; i++)
                        g[i] = MathF.Sin(i + 0.7f * step) * (i % 5 == 0 ? 1e-6f : 1);
                    if (exact)
                        slow.Step(w, g);
                    else
                        fast.Step(w, g);
                    for (int i = 0; i < count; i++)
                        largest[i] = MathF.Max(largest[i], MathF.Abs(w[i]));
                }

                return [.. w, .. largest];
            }

            public static float[] StepFromOne(float epsilon, float m)
            {
                float[] w = new float[77];
                w.AsSpan().Fill(1);
                Fast optimizer = new(77) { Epsilon = epsilon, WeightDecay = 0 };
                optimizer.M.Fill(m);
                optimizer.Step(w, new float[77]);
                return w;
            }

            public static float[] Flush(int count, int stepCount, float m, float v)
            {
                Fast optimizer = new(count) { StepCount = stepCount };
                optimizer.M.Fill(m);
                optimizer.V.Fill(v);
                optimizer.Step(new float[count], new float[count]);
                return [.. optimizer.M, .. optimizer.V];
            }
        }
        """;

    [Fact]
    public void Quotients_are_estimated_unless_they_shall_be_exact()
    {
        GeneratorRun run = GeneratorRun.Of(Source);
        run.AssertClean();
        Assert.All(["Fast", "FastOfNet"], name => Assert.Contains("V.DivideByNormal(", run.Files[$"{name}.Step.g.cs"]));
        Assert.Contains("// Quotients may err by 1.5 units in the last place", run.Files["Fast.Step.g.cs"]);
        Assert.All(["Exact", "Double", "ExactOfNet"], name => Assert.DoesNotMatch("DivideEstimate|DivideByNormal", run.Files[$"{name}.Step.g.cs"]));
        Assert.All(["Exact", "Double", "ExactOfNet"], name => Assert.DoesNotContain("may err", run.Files[$"{name}.Step.g.cs"]));
    }

    /// <summary>A millionth of the largest value that a weight had on its way: many come back to where they began, where what was rounded off on the way outweighs them.</summary>
    [Fact]
    public void Fifty_steps_with_estimated_quotients_stay_within_a_millionth()
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Func<bool, int, int, float[]> train = program.Method<Func<bool, int, int, float[]>>("Train");
        float[] exact = train(true, Count, 50), fast = train(false, Count, 50);
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(exact[i], fast[i], 1e-6f * exact[Count + i]));
        Assert.All(exact, weight => Assert.NotEqual(0, weight));

        // Elsewhere the estimate is the quotient.
        Assert.Equal(!Avx512F.VL.IsSupported, exact.AsSpan().SequenceEqual(fast));
    }

    /// <summary>A quotient whose divisor may be subnormal is looked at; the others need not be, with a uniform that the host keeps normal.</summary>
    [Theory]
    [InlineData("g / (MathF.Sqrt(v) + Epsilon)", true)]
    [InlineData("g / MathF.Sqrt(v + Epsilon)", true)]
    [InlineData("g / MathF.Max(MathF.Cbrt(v), Epsilon)", true)]
    [InlineData("g / (Epsilon - MathF.Abs(-MathF.Sqrt(v)))", true)]
    [InlineData("g / (g > 0 ? MathF.Sqrt(v) + Epsilon : 1e-30f)", true)]
    [InlineData("g / (MathF.Sqrt(v) + 1e-40f)", false)]
    [InlineData("g / (MathF.Abs(g) + Epsilon)", false)]
    [InlineData("g / v", false)]
    [InlineData("g / (MathF.Sqrt(v) + Epsilon + Epsilon)", false)]
    [InlineData("g / (MathF.Sqrt(v) * Epsilon)", false)]
    public void A_divisor_that_is_far_from_zero_is_known(string quotient, bool isNormal)
    {
        GeneratorRun run = GeneratorRun.Of(
            $$"""
            public sealed class Rule : UpdateRule
            {
                [Hyper] public float Epsilon { get; set; } = 1e-8f;
                [Update] public void Update(ref float w, float g, [State] ref float v)
                {
                    v += g * g;
                    w -= {{quotient}};
                }
            }

            [Optimizer, Rule] public partial class Opt;
            """);
        run.AssertClean();
        string file = run.Files["Opt.Step.g.cs"];
        Assert.Contains(isNormal ? "V.DivideByNormal(" : "V.DivideEstimate(", file);
        Assert.DoesNotContain(isNormal ? "V.DivideEstimate(" : "V.DivideByNormal(", file);
    }

    /// <summary>ε below the smallest normal number still keeps the quotient of zeros from being NaN; without it, it is.</summary>
    [Theory]
    [InlineData(1e-40f, 0, 1)]
    [InlineData(0, 0, float.NaN)]
    [InlineData(0, 1, float.NegativeInfinity)]
    public void A_quotient_by_nearly_nothing_is_what_it_should_be(float epsilon, float m, float expected)
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        Func<float, float, float[]> step = program.Method<Func<float, float, float[]>>("StepFromOne");
        Assert.All(step(epsilon, m), weight => Assert.Equal(expected, weight));
    }

    /// <summary>The moments of a parameter whose gradient is 0 forever end as 0, in a step that is a multiple of sixteen.</summary>
    [Theory]
    [InlineData(15, true)]
    [InlineData(14, false)]
    [InlineData(16, false)]
    [InlineData(1023, true)]
    public void Subnormal_states_become_zero_in_one_step_of_sixteen(int stepsBefore, bool flushes)
    {
        using LoadedProgram program = LoadedProgram.Of(Source);
        float[] states = program.Method<Func<int, int, float, float, float[]>>("Flush")(Count, stepsBefore, -1e-39f, 1e-40f);
        Assert.All(states, state => Assert.Equal(flushes, state == 0));
        Assert.All(states, state => Assert.True(Math.Abs(state) < 1.17549435E-38f));
        float[] normal = program.Method<Func<int, int, float, float, float[]>>("Flush")(Count, stepsBefore, -1e-37f, 1e-37f);
        Assert.All(normal, state => Assert.NotEqual(0, state));
    }
}
