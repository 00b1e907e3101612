namespace OptGen.Runtime.Tests.Training;

public class LearningRateRangeTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(10)]
    [InlineData(400)]
    public void Restarted_it_finds_two_over_the_largest_curvature_of_a_quadratic(double largest)
    {
        double[] curvatures = [.. Enumerable.Range(0, 20).Select(i => largest * Math.Pow(0.01, i / 19.0))];
        Quadratic quadratic = new(curvatures);
        LearningRateRangeTest test = new() { Lowest = 1e-4, Highest = 100, Rates = 600, StepsPerRate = 300, Restart = true };
        double[] start = [.. quadratic.W];
        LearningRateRange found = test.Run(quadratic.Step, quadratic.W.AsSpan());

        // Neighbouring rates are 2.3 % apart.
        Assert.InRange(found.Limit, 2 / largest / 1.024, 2 / largest * 1.024);
        Assert.True(found.Diverged);
        Assert.InRange(found.Rates[^1], found.Limit, found.Limit * 1.05);
        Assert.InRange(found.Best, 0.1 / largest, 2 / largest);
        Assert.Equal(start, quadratic.W);
    }

    [Fact]
    public void In_one_run_the_loss_falls_until_two_over_the_curvature()
    {
        Quadratic quadratic = new([4]);
        LearningRateRangeTest test = new() { Lowest = 0.01, Highest = 10, Rates = 151 };
        LearningRateRange found = test.Run(quadratic.Step);

        Assert.InRange(found.Limit, 0.5 / 1.05, 0.5);
        Assert.Equal(found.Limit, found.Best);
        Assert.InRange(found.Suggested, 0.01, 0.25);
        Assert.True(found.Diverged);
        Assert.Equal(8, found.StartLoss);
        Assert.Equal((found.Rates.Count, found.Rates.Count), (found.Losses.Count, found.SmoothedLosses.Count));
        Assert.Equal(8 * Math.Pow(1 - 4 * 0.01, 2), found.Losses[0], 1e-12);
        Assert.True(found.Losses[^1] > 4 * found.Losses.Min());
        Assert.NotEqual(2, quadratic.W[0]);
    }

    [Fact]
    public void It_takes_the_steps_it_is_told_to_take()
    {
        List<double> rates = [];
        LearningRateRange found = new LearningRateRangeTest { Lowest = 1, Highest = 4, Rates = 3, StepsPerRate = 2 }.Run(rate =>
        {
            rates.Add(rate);
            return 1.0 / rates.Count;
        });

        Assert.Equal([1, 1, 2, 2, 4, 4, 4], rates.Select(rate => Math.Round(rate, 12)));
        Assert.Equal([1.0 / 3, 1.0 / 5, 1.0 / 7], found.Losses);
        Assert.False(found.Diverged);
        Assert.Equal(4, found.Limit, 1e-12);
        Assert.Equal(1, found.Suggested, 1e-12);
    }

    [Fact]
    public void Smoothing_is_an_average_without_bias()
    {
        double[] losses = [8, 4, 2, 1];
        int step = 0;
        LearningRateRange found = new LearningRateRangeTest { Rates = 3, Smoothing = 0.5 }.Run(_ => losses[step++]);

        Assert.Equal([4, (0.25 * 4 + 0.5 * 2) / 0.75, (0.125 * 4 + 0.25 * 2 + 0.5 * 1) / 0.875], found.SmoothedLosses);
        Assert.Equal([4, 2, 1], found.Losses);
    }

    [Fact]
    public void A_loss_that_never_falls_suggests_nothing()
    {
        LearningRateRange found = new LearningRateRangeTest { Rates = 5, Divergence = 100 }.Run(_ => 3);

        Assert.True(double.IsNaN(found.Suggested) && double.IsNaN(found.Best) && double.IsNaN(found.Limit));
    }

    [Fact]
    public void A_loss_that_is_not_a_number_ends_it_and_the_parameters_are_put_back()
    {
        float[] w = [1, 2];
        int steps = 0, resets = 0;
        LearningRateRange found = new LearningRateRangeTest { Rates = 50 }.Run(
            _ =>
            {
                w[0] += 1;
                return ++steps > 3 ? double.NaN : 1.0 / steps;
            },
            w.AsSpan(),
            () => resets++);

        Assert.True(found.Diverged);
        Assert.Equal((4, 1), (steps, resets));
        Assert.Equal([1, 2], w);
        Assert.Throws<InvalidOperationException>(() => new LearningRateRangeTest().Run(_ => { w[1] = 9; throw new InvalidOperationException(); }, w.AsSpan()));
        Assert.Equal([1, 2], w);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        LearningRateRangeTest[] wrong =
        [
            new() { Lowest = 0 }, new() { Highest = 1e-8 }, new() { Rates = 0 }, new() { StepsPerRate = 0 }, new() { Divergence = 1 }, new() { Smoothing = 1 },
            new() { Smoothing = -0.1 }, new() { Restart = true },
        ];

        Assert.All(wrong, test => Assert.ThrowsAny<ArgumentException>(() => test.Run(_ => throw new InvalidOperationException("It took a step."))));
    }

    /// <summary>Gradient descent on ½ Σ λ w².</summary>
    private sealed class Quadratic(double[] curvatures)
    {
        public double[] W { get; } = [.. curvatures.Select(_ => 2.0)];

        public double Step(double rate)
        {
            double loss = 0;
            for (int i = 0; i < W.Length; i++)
            {
                loss += curvatures[i] * W[i] * W[i] / 2;
                W[i] -= rate * curvatures[i] * W[i];
            }

            return loss;
        }
    }
}
