namespace OptGen.Generator.Tests.Optimizers.Groups;

/// <summary>What groups add to an optimizer can be set between any two steps, is saved, and frozen parameters count for nothing.</summary>
public class GroupPropertyTests
{
    private const string Scaled = "[Sgd(LearningRate = 0.1f)][Group(\"First.*\", LearningRateScale = 0.5)]";

    private const string Overridden = "[Sgd(LearningRate = 0.1f, WeightDecay = 0.1f)][Group(ParameterKind.Weight, Name = \"Heavy\", Hyper = \"WeightDecay\", Value = 0.3)]";

    private const string Layered = "[LayerwiseDecay(0.5)][Sgd(LearningRate = 0.1f)]";

    private const string Clipped = "[ClipGlobalNorm(0.01f)][Sgd(LearningRate = 1f)]";

    private const string ClippedFrozen = Clipped + "[Group(\"*.Kernel\", Frozen = true)]";

    private const string Skipping = "[SkipNonFinite][Sgd(LearningRate = 0.1f)][Group(\"First.*\", Frozen = true)]";

    private static readonly BoundOptimizers s_set = new([Scaled, Overridden, Layered, Clipped, ClippedFrozen, Skipping]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_scale_of_the_rate_is_a_property(bool fused)
    {
        double First(double scale)
        {
            BoundOptimizer bound = s_set.Create(Scaled, 1);
            Assert.Equal(0.5, bound.Settings["FirstLearningRateScale"]);
            bound.Settings["FirstLearningRateScale"] = scale;
            return Moved(bound, "First.Kernel", fused);
        }

        Assert.Equal(4, First(2) / First(0.5), 1e-9);
        Assert.Equal(0, First(0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_value_of_its_own_is_a_property(bool fused)
    {
        double Kernel(double decay, double ofTheRest)
        {
            BoundOptimizer bound = s_set.Create(Overridden, 1);
            Assert.Equal(0.3, bound.Settings["HeavyWeightDecay"], 1e-12);
            (bound.Settings["HeavyWeightDecay"], bound.Settings["WeightDecay"]) = (decay, ofTheRest);
            return Moved(bound, "Result.Kernel", fused);
        }

        Assert.NotEqual(Kernel(0.3, 0.1), Kernel(0, 0.1));
        Assert.Equal(Kernel(0.3, 0.1), Kernel(0.3, 9));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_decay_from_layer_to_layer_is_a_property(bool fused)
    {
        double Ratio(string name)
        {
            BoundOptimizer slow = s_set.Create(Layered, 1), even = s_set.Create(Layered, 1);
            Assert.Equal(0.5, slow.Settings["LayerDecay"]);
            (slow.Settings["LayerDecay"], even.Settings["LayerDecay"]) = (0.1, 1);
            return Moved(slow, name, fused) / Moved(even, name, fused);
        }

        Assert.Equal([0.01, 0.1, 1], new[] { "First.Kernel", "Scaled.Gain", "Result.Bias" }.Select(name => Math.Round(Ratio(name), 9)));
    }

    [Fact]
    public void What_is_frozen_is_no_part_of_the_joint_norm()
    {
        BoundOptimizer all = s_set.Create(Clipped, 1), some = s_set.Create(ClippedFrozen, 1);
        double Length(BoundOptimizer bound)
        {
            double[] before = bound.Parameters.ToArray();
            (double[] x, double[] target) = GroupTests.Data(0);
            bound.GradientAndStep(x, target);
            return Math.Sqrt(before.Zip(bound.Parameters.ToArray(), (old, now) => (now - old) * (now - old)).Sum());
        }

        // What moves goes as far as the bound allows, whether others are frozen or not.
        Assert.Equal(0.01, Length(all), 1e-6);
        Assert.Equal(0.01, Length(some), 1e-6);
    }

    [Fact]
    public void A_gradient_of_what_is_frozen_skips_no_step()
    {
        BoundOptimizer bound = s_set.Create(Skipping, 1);
        ParameterInfo first = bound.Layout.Single(parameter => parameter.Name == "First.Kernel"), result = bound.Layout.Single(parameter => parameter.Name == "Result.Kernel");
        double[] before = bound.Parameters.ToArray();
        bound.Gradients.Fill(0.1);
        bound.Gradients[first.Offset] = double.NaN;
        bound.Step();
        Assert.Equal((1, 0), (bound.Settings.StepCount, bound.Settings["SkippedSteps"]));
        Assert.Equal(before[first.Offset], bound.Parameters[first.Offset]);
        Assert.Equal(before[result.Offset] - 0.01, bound.Parameters[result.Offset], 1e-15);

        before = bound.Parameters.ToArray();
        bound.Gradients[result.Offset] = double.NaN;
        bound.Step();
        Assert.Equal((1, 1), (bound.Settings.StepCount, bound.Settings["SkippedSteps"]));
        Assert.Equal(before, bound.Parameters.ToArray());
    }

    [Fact]
    public void Properties_of_groups_are_saved_with_the_state()
    {
        BoundOptimizer saved = s_set.Create(Scaled, 1), loaded = s_set.Create(Scaled, 2);
        saved.Settings["FirstLearningRateScale"] = 0.125;
        loaded.Settings.Load(saved.Settings.Save());
        Assert.Equal(0.125, loaded.Settings["FirstLearningRateScale"]);
        BoundOptimizer heavy = s_set.Create(Overridden, 1), other = s_set.Create(Overridden, 2), layered = s_set.Create(Layered, 1), flat = s_set.Create(Layered, 2);
        (heavy.Settings["HeavyWeightDecay"], layered.Settings["LayerDecay"]) = (0.75, 0.875);
        other.Settings.Load(heavy.Settings.Save());
        flat.Settings.Load(layered.Settings.Save());
        Assert.Equal((0.75, 0.875), (other.Settings["HeavyWeightDecay"], flat.Settings["LayerDecay"]));
    }

    /// <summary>How far the first element of a parameter goes in one step.</summary>
    private static double Moved(BoundOptimizer bound, string name, bool fused)
    {
        int offset = bound.Layout.Single(parameter => parameter.Name == name).Offset;
        double before = bound.Parameters[offset];
        (double[] x, double[] target) = GroupTests.Data(0);
        if (fused)
            bound.TrainStep(x, target);
        else
            bound.GradientAndStep(x, target);
        return bound.Parameters[offset] - before;
    }
}
