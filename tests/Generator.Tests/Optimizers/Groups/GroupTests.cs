using OptGen.Generator.Tests.Optimizers.Conformance;
using OptGen.Generator.Tests.Optimizers.Relations;

namespace OptGen.Generator.Tests.Optimizers.Groups;

/// <summary>
/// What groups do to the parameters of a model: each parameter goes as if it had an optimizer of its own, with the hyperparameters that are its group's; fused into the
/// backward pass or not, and what is frozen keeps every bit.
/// </summary>
public class GroupTests
{
    private const int Steps = 8;

    private const string Decays = "[AdamW(WeightDecay = 0.5f, LearningRate = 0.01f)]";

    private static readonly Case[] s_cases =
    [
        new("[AdamW(WeightDecay = 0.5f, LearningRate = 0.01f)]", "AdamW", (own, parameter, _) => Decay(own, parameter, parameter.Kind == ParameterKind.Weight)),
        new(Decays + "[Group(\"*.Bias\", Decay = true)]", "AdamW", (own, parameter, _) => Decay(own, parameter, parameter.Kind is ParameterKind.Weight or ParameterKind.Bias)),
        new(Decays + "[Group(ParameterKind.Gain, Decay = true), Group(\"First.*\", Decay = false)]", "AdamW", (own, parameter, _) =>
            Decay(own, parameter, parameter.Name is "Result.Kernel" or "Scaled.Gain")),
        new("[Adam][Group(\"First.*\", LearningRateScale = 0.1)]", "Adam", (own, parameter, _) => Rate(own, 1e-3 * (IsFirst(parameter) ? 0.1 : 1))),
        new("[Adam][Group(\"First.*\", LearningRateScale = 0.1), Group(\"*.Kernel\", LearningRateScale = 3)]", "Adam", (own, parameter, _) =>
            Rate(own, 1e-3 * (IsKernel(parameter) ? 3 : IsFirst(parameter) ? 0.1 : 1))),
        new("[Adam][Group(\"*.Kernel\", LearningRateScale = 3), Group(\"First.*\", LearningRateScale = 0.1)]", "Adam", (own, parameter, _) =>
            Rate(own, 1e-3 * (IsFirst(parameter) ? 0.1 : IsKernel(parameter) ? 3 : 1))),
        new("[Adam][Group(ParameterKind.Gain, LearningRateScale = 5), Group(ParameterKind.Embedding, LearningRateScale = 0)]", "Adam", (own, parameter, _) =>
            Rate(own, 1e-3 * (parameter.Kind == ParameterKind.Gain ? 5 : parameter.Kind == ParameterKind.Embedding ? 0 : 1))),
        new("[Adam][Group(\"Result.*\", Hyper = \"Beta1\", Value = 0.5)]", "Adam", (own, parameter, _) => own["Beta1"] = IsResult(parameter) ? 0.5 : 0.9),
        new("[Adam][Group(\"First.*\", Hyper = \"Beta1\", Value = 0.5), Group(\"*.Kernel\", Hyper = \"Beta1\", Value = 0.7, Name = \"Slow\")]", "Adam", (own, parameter, _) =>
            own["Beta1"] = IsKernel(parameter) ? 0.7 : IsFirst(parameter) ? 0.5 : 0.9),
        new(Decays + "[Group(ParameterKind.Embedding, Decay = true, Hyper = \"WeightDecay\", Value = 0.2)]", "AdamW", (own, parameter, _) =>
        {
            Decay(own, parameter, parameter.Kind is ParameterKind.Weight or ParameterKind.Embedding);
            if (parameter.Kind == ParameterKind.Embedding)
                own["WeightDecay"] = 0.2;
        }),
        new("[Adam][Group(\"Result.*\", Hyper = \"LearningRate\", Value = 0.05)][StepDecay(Every = 2, Factor = 0.5)]", "Adam", (own, parameter, step) =>
            Rate(own, (IsResult(parameter) ? 0.05 : 1e-3) * Math.Pow(0.5, step / 2))),
        new("[Adam][Group(\"First.*\", LearningRateScale = 0.1)][StepDecay(Every = 2, Factor = 0.5)]", "Adam", (own, parameter, step) =>
            Rate(own, (IsFirst(parameter) ? 0.1 : 1) * 1e-3 * Math.Pow(0.5, step / 2))),
        new("[LayerwiseDecay(0.5)][Adam]", "Adam", (own, parameter, _) => Rate(own, 1e-3 * Depth(parameter, 0.5))),
        new("[LayerwiseDecay(0.5)][Adam][Group(\"First.Kernel\", LearningRateScale = 3)]", "Adam", (own, parameter, _) =>
            Rate(own, 1e-3 * Depth(parameter, 0.5) * (parameter.Name == "First.Kernel" ? 3 : 1))),
        new("[Lamb][Group(\"First.*\", LearningRateScale = 0.1)]", "Lamb", (own, parameter, _) =>
        {
            Rate(own, 1e-3 * (IsFirst(parameter) ? 0.1 : 1));
            own["WeightDecay"] = parameter.Kind == ParameterKind.Weight ? 0.01 : 0;
        }),
        new("[Adafactor][Group(\"*.Kernel\", LearningRateScale = 0.5)]", "Adafactor", (own, parameter, _) => Rate(own, IsKernel(parameter) ? 0.005 : 0.01)),
        new("[Adam][Group(\"First.*\", Frozen = true)]", "Adam", (_, _, _) => { }, IsFirst),
        new("[Adam][Group(\"*.Kernel\", Frozen = true), Group(\"First.Kernel\", LearningRateScale = 2)]", "Adam", (_, _, _) => { }, IsKernel),
        new("[Lamb(WeightDecay = 0.5f)][Group(ParameterKind.Bias, Frozen = true), Group(\"Result.Kernel\", Frozen = true)]", "Lamb", (own, parameter, _) =>
            own["WeightDecay"] = parameter.Kind == ParameterKind.Weight ? 0.5 : 0,
            parameter => parameter.Kind == ParameterKind.Bias || parameter.Name == "Result.Kernel"),
        new("[AdamW(WeightDecay = 0f)][Cautious][Group(\"Scaled.*\", Frozen = true)]", "AdamW, Cautious", (own, _, _) => own["WeightDecay"] = 0, parameter => parameter.Name.StartsWith("Scaled", StringComparison.Ordinal)),
    ];

    private static readonly BoundOptimizers s_set = new([.. s_cases.Select(found => found.Declaration).Distinct()]);

    public static TheoryData<string> Cases => [.. s_cases.Select(found => found.Declaration)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_parameter_goes_as_with_an_optimizer_of_its_own(string declaration)
    {
        Case found = s_cases.Single(candidate => candidate.Declaration == declaration);
        BoundOptimizer bound = s_set.Create(declaration, 3);
        ParameterInfo[] layout = bound.Layout;
        Assert.Equal(6, layout.Length);
        CompiledOptimizer[] own = [.. layout.Select(parameter => RelatedRules.Create(found.Chain, Shape(parameter)))];
        double[] initial = bound.Parameters.ToArray(), expected = [.. initial];
        for (int step = 0; step < Steps; step++)
        {
            (double[] x, double[] target) = Data(step);
            bound.GradientAndStep(x, target);
            for (int p = 0; p < layout.Length; p++)
            {
                ParameterInfo parameter = layout[p];
                if (found.IsFrozen(parameter))
                    continue;
                found.Configure(own[p], parameter, step);
                own[p].Step<double>(expected.AsSpan(parameter.Offset, parameter.Length), bound.Gradients.Slice(parameter.Offset, parameter.Length));
            }

            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], bound.Parameters[i], 1e-13);
        }

        AssertFrozen(found, layout, initial, bound.Parameters);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_fused_step_is_the_gradient_and_then_the_step(string declaration)
    {
        Case found = s_cases.Single(candidate => candidate.Declaration == declaration);
        BoundOptimizer fused = s_set.Create(declaration, 3), apart = s_set.Create(declaration, 3);
        double[] initial = fused.Parameters.ToArray();
        for (int step = 0; step < Steps; step++)
        {
            (double[] x, double[] target) = Data(step);
            Assert.Equal(apart.GradientAndStep(x, target), fused.TrainStep(x, target), 1e-13);
            for (int i = 0; i < initial.Length; i++)
                Assert.Equal(apart.Parameters[i], fused.Parameters[i], 1e-11);
        }

        AssertFrozen(found, fused.Layout, initial, fused.Parameters);
    }

    /// <summary>What is frozen has the bits that it had; all else with a rate moved.</summary>
    private static void AssertFrozen(Case found, ParameterInfo[] layout, double[] initial, ReadOnlySpan<double> now)
    {
        foreach (ParameterInfo parameter in layout)
        {
            bool same = initial.AsSpan(parameter.Offset, parameter.Length).SequenceEqual(now.Slice(parameter.Offset, parameter.Length));
            bool hasNoRate = parameter.Kind == ParameterKind.Embedding && found.Declaration.Contains("LearningRateScale = 0)", StringComparison.Ordinal);
            Assert.True(same == (found.IsFrozen(parameter) || hasNoRate), parameter.Name);
        }
    }

    internal static (double[] X, double[] Target) Data(int step)
    {
        Random random = new(100 + step);
        return (RuleTable.Numbers(random, 12, 2), RuleTable.Numbers(random, 8, 2));
    }

    private static (int Rows, int Columns) Shape(ParameterInfo parameter) => parameter.Shape.Length == 2 ? (parameter.Shape[0], parameter.Shape[1]) : (1, parameter.Length);

    private static bool IsFirst(ParameterInfo parameter) => parameter.Name.StartsWith("First.", StringComparison.Ordinal);

    private static bool IsResult(ParameterInfo parameter) => parameter.Name.StartsWith("Result.", StringComparison.Ordinal);

    private static bool IsKernel(ParameterInfo parameter) => parameter.Name.EndsWith(".Kernel", StringComparison.Ordinal);

    private static void Rate(CompiledOptimizer own, double rate) => own["LearningRate"] = rate;

    private static void Decay(CompiledOptimizer own, ParameterInfo parameter, bool decays)
    {
        Rate(own, 0.01);
        own["WeightDecay"] = decays ? 0.5 : 0;
    }

    /// <summary>The share of the rate that a layer has: less for each layer that lies between it and the last.</summary>
    private static double Depth(ParameterInfo parameter, double factor) => Math.Pow(factor, IsFirst(parameter) ? 2 : IsResult(parameter) ? 0 : 1);

    /// <param name="Declaration">The attributes of the optimizer.</param>
    /// <param name="Chain">The optimizer that a parameter would have of its own.</param>
    /// <param name="Configure">Gives it the hyperparameters of the parameter's group before a step.</param>
    /// <param name="Frozen">Which parameters never change; null for none.</param>
    private sealed record Case(string Declaration, string Chain, Action<CompiledOptimizer, ParameterInfo, int> Configure, Func<ParameterInfo, bool>? Frozen = null)
    {
        public bool IsFrozen(ParameterInfo parameter) => Frozen?.Invoke(parameter) ?? false;
    }
}
