using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public sealed class StepPowerTests
{
    private static readonly double[] s_numbers = [0.9, 0.999, 0.999999, 0, 1];

    [Fact]
    public void It_is_the_power_to_a_few_units_in_the_last_place()
    {
        foreach (double x in s_numbers)
        {
            StepPower power = default;
            for (int step = 1; step <= 3_000; step++)
            {
                double expected = Math.Pow(x, step);
                Assert.Equal(expected, power.Of(x, step), 32 * 2.3e-16 * expected);
            }
        }
    }

    [Fact]
    public void It_does_not_depend_on_what_was_asked_before()
    {
        foreach (double x in s_numbers)
        {
            StepPower running = default;
            for (int step = 1; step <= 300; step++)
            {
                double expected = running.Of(x, step);
                StepPower fresh = default;
                Assert.Equal(expected, fresh.Of(x, step));
                Assert.Equal(expected, running.Of(x, step));
            }
        }
    }

    [Fact]
    public void Another_base_or_an_earlier_step_starts_anew()
    {
        StepPower power = default;
        power.Of(0.9, 7);
        Assert.Equal(0.5 * 0.5, power.Of(0.5, 2));
        Assert.Equal(0.5, power.Of(0.5, 1));
        Assert.Equal(0.25 * 0.25, power.Of(0.25, 2));
    }

    [Fact]
    public void A_number_that_is_not_one_stays_so() => Assert.True(double.IsNaN(default(StepPower).Of(double.NaN, 3)));
}
