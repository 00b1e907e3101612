using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public class LastPowerTests
{
    [Fact]
    public void Any_power_is_that_of_the_framework()
    {
        LastPower power = default;
        foreach ((double x, double y) in new[] { (0.0, 0.0), (3, -0.8), (3, -0.8), (4, -0.8), (4, 0.5), (0, 0), (double.NaN, 1), (2, 3) })
            Assert.Equal(Math.Pow(x, y), power.Of(x, y));
    }
}
