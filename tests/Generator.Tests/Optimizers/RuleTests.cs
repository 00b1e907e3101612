using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Golden;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>What is read of a rule computes what the rule says.</summary>
public class RuleTests
{
    private const string Lion = """
        [Optimizer]
        public partial class Lion
        {
            /// <summary>Size of a <see cref="Step"/>,
            /// in every direction.</summary>
            [Hyper] public float LearningRate { get; set; } = 1e-4f;
            [Hyper] public float Beta1 { get; set; } = 0.9f;
            [Hyper] public float Beta2 { get; set; } = 0.99f;
            [Hyper(Decay = true)] public float WeightDecay { get; set; }

            [Update]
            private void Update(ref float w, float g, [State] ref float m)
            {
                float c = Beta1 * m + (1 - Beta1) * g;
                m = Beta2 * m + (1 - Beta2) * g;
                w -= LearningRate * (MathF.Sign(c) + WeightDecay * w);
            }
        }
        """;

    /// <summary>The attribute of each case of the reference, with the case's values.</summary>
    public static TheoryData<string, string> GoldenCases => new()
    {
        { "Sgd", "Sgd(LearningRate = 0.049847f)" },
        { "SgdWeightDecay", "Sgd(LearningRate = 0.012631f, WeightDecay = 0.05f)" },
        { "SgdMomentum", "Sgd(LearningRate = 0.003796f, Momentum = 0.9f)" },
        { "SgdMomentumDampening", "Sgd(LearningRate = 0.091046f, Momentum = 0.85f, Dampening = 0.1f, WeightDecay = 0.01f)" },
        { "SgdNesterov", "Sgd(LearningRate = 0.071689f, Momentum = 0.9f, Nesterov = true, WeightDecay = 0.02f)" },
        { "Adam", "Adam(LearningRate = 0.001464f)" },
        { "AdamL2", "Adam(LearningRate = 0.001463f, Beta1 = 0.8f, Beta2 = 0.99f, Epsilon = 1e-7f, WeightDecay = 0.03f)" },
        { "AdamW", "AdamW(LearningRate = 0.020116f, WeightDecay = 0.1f)" },
        { "Adagrad", "AdaGrad(LearningRate = 0.078259f, LearningRateDecay = 0.01f, WeightDecay = 0.01f, InitialAccumulator = 0.1f)" },
        { "Adadelta", "AdaDelta" },
        { "RmsProp", "RmsProp(LearningRate = 0.020646f, Alpha = 0.95f)" },
        { "RmsPropCenteredMomentum", "RmsProp(LearningRate = 0.026759f, Alpha = 0.95f, Momentum = 0.8f, Centered = true, WeightDecay = 0.01f)" },
        { "AmsGrad", "AmsGrad(LearningRate = 0.004581f, Beta2 = 0.98f)" },
        { "Adamax", "Adamax(LearningRate = 0.013187f)" },
        { "NAdam", "NAdam(LearningRate = 0.001368f, CountsMomentumTwice = true)" },
        { "RAdam", "RAdam(LearningRate = 0.011713f)" },
        { "Rprop", "Rprop" },
    };

    [Theory]
    [MemberData(nameof(GoldenCases))]
    public void A_rule_follows_PyTorch(string name, string attribute)
    {
        UpdateCase golden = GoldenFile.Optimizers.Single(candidate => candidate.Name == name);
        RuleRunner runner = new(ReadUnbound(attribute), golden.Initial);
        for (int step = 0; step < golden.Gradients.Length; step++)
        {
            runner.Step(golden.Gradients[step]);
            for (int i = 0; i < golden.Initial.Length; i++)
                Assert.Equal(golden.Parameters[step][i], runner.Parameters[i], 1e-12 * Math.Max(1e-3, Math.Abs(golden.Parameters[step][i])));
        }
    }

    [Fact]
    public void Every_case_of_the_reference_for_a_rule_of_the_library_is_tested()
    {
        IEnumerable<string> expected = GoldenFile.Optimizers.Select(golden => golden.Name);
        Assert.Equal(expected.Order(StringComparer.Ordinal), GoldenCases.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Sgd", new string[0], "LearningRate")]
    [InlineData("Sgd(WeightDecay = 0.1f)", new string[0], "LearningRate, WeightDecay")]
    [InlineData("Sgd(Momentum = 0.9f)", new[] { "M" }, "LearningRate, Momentum")]
    [InlineData("Adam", new[] { "M", "V" }, "LearningRate, Beta1, Beta2, Epsilon")]
    [InlineData("AdamW", new[] { "M", "V" }, "LearningRate, Beta1, Beta2, Epsilon, WeightDecay")]
    public void Optional_parts_that_are_not_given_cost_nothing(string attribute, string[] states, string hypers)
    {
        OptimizerSpec spec = ReadUnbound(attribute);
        Assert.Equal(states, spec.States.Select(state => state.Name));
        Assert.Equal(hypers, string.Join(", ", spec.Hypers.Select(hyper => hyper.Name)));
        Assert.Equal(states.Length + 1, spec.Rule.Body.Function.Outputs.Count);
    }

    [Theory]
    [InlineData("Sgd", 0, 0)]
    [InlineData("Sgd(Momentum = 0.9f, Dampening = 0.1f, Nesterov = true, WeightDecay = 0.1f)", 0, 0)]
    [InlineData("Adam(WeightDecay = 0.1f)", 1, 1)]
    [InlineData("AdamW", 1, 1)]
    public void What_depends_on_hyperparameters_and_step_alone_is_computed_once(string attribute, int divisions, int roots)
    {
        BoundFunction update = ReadUnbound(attribute).Rule.Body;
        ScalarFunction element = UniformSplit
            .Of(update.Function, input => update.Inputs[input].Kind is UpdateInputKind.Hyper or UpdateInputKind.Step or UpdateInputKind.Reduced)
            .Element;

        int Count(ScalarOp op) => element.Nodes.Count(node => node.Op == op);
        Assert.Equal((divisions, roots), (Count(ScalarOp.Divide), Count(ScalarOp.Sqrt)));
        Assert.Equal((0, 0, 0), (Count(ScalarOp.Pow), Count(ScalarOp.Select), Count(ScalarOp.Equal)));
    }

    [Fact]
    public void Hyperparameters_carry_what_the_attribute_gives_and_the_rule_documents()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid("[Optimizer(Precision = Precision.Double), AdamW(LearningRate = 3e-4f)] public partial class O;", "O");
        HyperSpec rate = spec.Hypers[0], decay = spec.Hypers[4];

        Assert.Equal(("LearningRate", "double", 3e-4, false, false), (rate.Name, rate.Type, rate.Default, rate.IsUsers, rate.Decays));
        Assert.StartsWith("Step size η, 0.001 by default", rate.Summary, StringComparison.Ordinal);
        Assert.Equal(("WeightDecay", 1e-2, true), (decay.Name, decay.Default, decay.Decays));
        Assert.Equal("double", spec.Element);
    }

    [Fact]
    public void A_users_own_rule_is_read_from_its_class()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid(Lion, "Lion");
        Assert.Equal(new HyperSpec("LearningRate", "float", 1e-4, IsUsers: true, Decays: false, "Size of a Step, in every direction."), spec.Hypers[0]);
        Assert.True(spec.Hypers[3].Decays);

        double[] w = [0.5, -0.25, 1], m = new double[3];
        double[][] gradients = [[1, -2, 0.1], [-3, -2, 0], [0.2, 5, -0.3]];
        RuleRunner runner = new(spec, w) { ["WeightDecay"] = 0.1 };
        foreach (double[] g in gradients)
        {
            runner.Step(g);
            for (int i = 0; i < w.Length; i++)
            {
                double c = 0.9 * m[i] + (1 - 0.9) * g[i];
                m[i] = 0.99 * m[i] + (1 - 0.99) * g[i];
                w[i] -= 1e-4 * (Math.Sign(c) + 0.1 * w[i]);
                Assert.Equal(w[i], runner.Parameters[i], 1e-15);
                Assert.Equal(m[i], runner.State("M")[i], 1e-15);
            }
        }
    }

    [Fact]
    public void Branches_on_elements_become_selections()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid("""
            [Optimizer]
            public partial class Trend
            {
                [Hyper] public double Growth { get; set; } = 1.2;
                [Hyper] public bool Backtrack { get; set; } = true;

                [Update]
                private void Update(ref float w, float g, [State] ref float last, [State] ref float size, int step)
                {
                    if (step == 1)
                        size = 0.1f;
                    float agreement = g * last;
                    if (agreement > 0)
                    {
                        size = MathF.Min(size * (float)Growth, 50);
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
            }
            """, "Trend");

        RuleRunner runner = new(spec, [1]);
        double[] expected = [1 - 0.1, 0.9 - 0.12, 0.78, 0.78 + 0.06];
        double[] gradients = [2, 3, -1, -1];
        for (int step = 0; step < gradients.Length; step++)
        {
            runner.Step([gradients[step]]);
            Assert.Equal(expected[step], runner.Parameters[0], 1e-12);
        }
    }

    [Fact]
    public void ClipGlobalNorm_scales_gradients_as_PyTorch_does()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid("[Optimizer, ClipGlobalNorm(0.5f), Sgd(LearningRate = 1)] public partial class O;", "O");
        Assert.Equal(["LearningRate", "MaxNorm"], spec.Hypers.Select(hyper => hyper.Name));
        RuleRunner runner = new(spec, [0, 0]);
        runner.Step([3, -4]);
        Assert.Equal(-3 * (0.5 / (5 + 1e-6)), runner.Parameters[0], 1e-15);
        Assert.Equal(4 * (0.5 / (5 + 1e-6)), runner.Parameters[1], 1e-15);

        RuleRunner small = new(spec, [0, 0]);
        small.Step([0.3, 0.1]);
        Assert.Equal([-0.3, -0.1], small.Parameters);
    }

    [Fact]
    public void Hyperparameters_of_the_same_name_get_the_name_of_their_transform()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid("public sealed class Bound(float maxNorm) : GradientTransform { [Hyper] public float MaxNorm { get; set; } = maxNorm; [Apply] public float Clamp(float g) => MathF.Min(g, MaxNorm); } [Optimizer, ClipGlobalNorm(1f), Bound(2f), AdamW] public partial class O;", "O");
        Assert.Equal(
            [("MaxNorm", 1.0), ("BoundMaxNorm", 2.0)],
            spec.Hypers.Where(hyper => hyper.Name.EndsWith("MaxNorm", StringComparison.Ordinal)).Select(hyper => (hyper.Name, hyper.Default)));
    }

    [Fact]
    public void Groups_and_the_model_are_part_of_the_specification()
    {
        OptimizerSpec spec = OptimizerSource.ReadValid(
            "[Model] public partial class Net { } [Optimizer<Net>, Group(\"Hidden.*\", Decay = false), Group(\"*Bias\", Decay = true), AdamW] public partial class O;", "O");

        Assert.Equal([("Hidden", "Hidden.*", false), ("Bias", "*Bias", true)], spec.Groups.Select(group => (group.Name, group.Pattern, group.Decay!.Value)));
        Assert.Equal([false, true], spec.Model!.Parameters.Select(parameter => Decay.AppliesTo(spec, parameter)));
    }

    [Theory]
    [InlineData("[Optimizer, ClipGlobalNorm(1f), AdamW, WarmupCosine(Warmup = 1, Total = 5)] public partial class Lion;")]
    [InlineData(Lion)]
    public void The_same_source_read_twice_gives_equal_values(string source)
    {
        Assert.Equal(OptimizerSource.ReadValid(source, "Lion"), OptimizerSource.ReadValid(source, "Lion"));
        Assert.Equal(OptimizerSource.ReadValid(source, "Lion").GetHashCode(), OptimizerSource.ReadValid(source, "Lion").GetHashCode());
    }

    private static OptimizerSpec ReadUnbound(string attribute) => OptimizerSource.ReadValid($"[Optimizer, {attribute}] public partial class O;", "O");
}
