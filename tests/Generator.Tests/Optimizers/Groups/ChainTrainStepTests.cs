namespace OptGen.Generator.Tests.Optimizers.Groups;

/// <summary>Training steps of long chains, fused into the backward pass or not, are the gradient and then the step.</summary>
public class ChainTrainStepTests
{
    private static readonly string[] s_chains =
    [
        "[ClipValue(0.05f), L2(0.1f), AdamW(LearningRate = 0.01f), DecoupledDecay(0.1f), Ema(0.8f), StepDecay(Every = 2, Factor = 0.5)]",
        "[Sgd(LearningRate = 0.1f, Momentum = 0.9f), OneCycle(Total = 9), OneCycleMomentum(Total = 9), Lookahead(LookaheadSteps = 2), Group(\"First.*\", Frozen = true)]",
        "[L2(0.1f), Lion(LearningRate = 0.01f), Ema(0.9f), Swa(AverageStart = 2), L1(0.1f), WeightMask, Group(ParameterKind.Bias, Decay = true)]",
        "[ClipValue(0.1f), Adan(LearningRate = 0.01f), Lookahead, L1(0.01f), LayerwiseDecay(0.7)]",
        "[SkipNonFinite, Accumulate(3), ClipGlobalNorm(0.1f), Lion(LearningRate = 0.01f), Cautious, Swa]",
        "[Centralize, AdamW(LearningRate = 0.01f), ProjectGrowth, Ema(0.7f)]",
        "[Accumulate(2), GradientNoise(0.01f), Sgd(LearningRate = 0.1f), DecoupledDecay(0.2f)]",
        "[ClipAdaptive(0.1f), L2(0.1f), DoG, Mechanic, Lookahead]",
        "[Prodigy(InitialDistance = 0.01f), Ema(0.9f), CosineDecay(Total = 7, Minimum = 0.1)]",
        "[Sam(0.1f), Accumulate(2), ClipTensorNorm(0.2f), Lamb(LearningRate = 0.01f), Cautious, Ema(0.8f), Group(\"Result.*\", LearningRateScale = 0.5)]",
    ];

    private static readonly BoundOptimizers s_set = new(s_chains);

    public static TheoryData<string> All => [.. s_chains];

    [Theory]
    [MemberData(nameof(All))]
    public void A_training_step_is_the_gradient_and_then_the_step(string chain)
    {
        BoundOptimizer whole = s_set.Create(chain, 3), apart = s_set.Create(chain, 3);
        double[] start = whole.Parameters.ToArray();
        string[] averages = [.. new[] { "Average", "SwaAverage", "Slow" }.Where(whole.Settings.Has)];
        for (int step = 0; step < 7; step++)
        {
            (double[] x, double[] target) = GroupTests.Data(step);
            double loss = chain.Contains("Sam", StringComparison.Ordinal) ? apart.PerturbAndStep(x, target) : apart.GradientAndStep(x, target);
            Assert.Equal(loss, whole.TrainStep(x, target), 1e-12);
            Assert.Equal(apart.Settings.StepCount, whole.Settings.StepCount);
            for (int i = 0; i < start.Length; i++)
                Assert.Equal(apart.Parameters[i], whole.Parameters[i], 1e-11);
            foreach (string average in averages)
                Assert.All(apart.Settings.State(average).Zip(whole.Settings.State(average)), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
        }

        Assert.NotEqual(start, whole.Parameters.ToArray());
        Assert.True(whole.Settings.StepCount >= 2);
    }
}
