namespace OptGen.Runtime.Tests.Training;

public sealed class GradientMonitorTests
{
    private static readonly ParameterInfo[] s_layout =
    [
        new("First.Kernel", [2, 2], 0, 4, ParameterKind.Weight),
        new("Second.Kernel", [2, 2], 4, 4, ParameterKind.Weight),
        new("First.Bias", [2], 8, 2, ParameterKind.Bias),
    ];

    [Fact]
    public void The_norm_and_the_root_mean_squares_are_those_of_the_gradients()
    {
        GradientMonitor monitor = new(s_layout);
        GradientState state = monitor.Check<float>([1, 1, 1, 1, 3, -3, 3, -3, 0.6f, 0.8f]);
        Assert.Equal(Math.Sqrt(4 + 36 + 1), state.Norm, 1e-6);
        Assert.Equal([1, 3, Math.Sqrt(0.5)], monitor.RootMeanSquares.ToArray().Select(x => Math.Round(x, 15)).ToArray(), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.True(state.IsFine);
        Assert.Null(monitor.FirstVanishing);
    }

    [Fact]
    public void A_gradient_that_is_nothing_beside_others_of_its_kind_vanishes()
    {
        GradientMonitor monitor = new(s_layout);
        GradientState state = monitor.Check<double>([1e-7, 0, 0, 1e-7, 1, 1, 1, 1, 1e-9, 1e-9]);
        Assert.Equal(1, state.Vanishing);
        Assert.False(state.IsFine);
        Assert.False(state.IsExploding);
        Assert.Equal("First.Kernel", monitor.FirstVanishing!.Name);

        // The scale of the loss doesn't matter, but 0 throughout does.
        Assert.Equal(0, monitor.Check<double>([1e-12, 0, 0, 1e-12, 1e-12, 1e-12, 1e-12, 1e-12, 1e-9, 1e-9]).Vanishing);
        Assert.Equal(3, monitor.Check<double>(new double[10]).Vanishing);
    }

    [Fact]
    public void A_norm_far_above_its_mean_explodes_and_does_not_raise_the_mean()
    {
        GradientMonitor monitor = new(s_layout) { ExplosionFactor = 10 };
        float[] Of(float size) => [.. Enumerable.Repeat(size, 10)];
        for (int i = 0; i < 5; i++)
            Assert.True(monitor.Check<float>(Of(1 + (0.1f * i))).IsFine);
        Assert.True(monitor.Check<float>(Of(30)).IsExploding);
        Assert.True(monitor.Check<float>(Of(30)).IsExploding);
        Assert.True(monitor.Check<float>(Of(9)).IsFine);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_explodes(float value)
    {
        GradientState state = new GradientMonitor(s_layout).Check<float>([1, 1, 1, 1, 1, value, 1, 1, 1, 1]);
        Assert.True(state.IsExploding);
        Assert.False(double.IsFinite(state.Norm));
    }

    [Fact]
    public void Another_number_of_gradients_is_refused() =>
        Assert.Throws<ArgumentException>("gradients", () => new GradientMonitor(s_layout).Check<float>(new float[9]));

    [Fact]
    public void A_check_allocates_nothing()
    {
        GradientMonitor monitor = new(s_layout);
        float[] gradients = [1, 1, 1, 1, 3, -3, 3, -3, 0.6f, 0.8f];
        monitor.Check<float>(gradients);
        long before = GC.GetAllocatedBytesForCurrentThread();
        monitor.Check<float>(gradients);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
