namespace OptGen.Generator.Tests.Library;

/// <summary>How numbers of tensors are compared.</summary>
internal static class Numbers
{
    /// <summary>Fails unless both hold the same numbers, up to a tolerance relative to the largest of the tensor, or to 1.</summary>
    public static void Close(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what} has {actual.Length} elements, not {expected.Length}");
        double scale = 1 + expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}[{i}] is {actual[i]:R}, not {expected[i]:R}");
    }

    /// <summary>The slope of a function of one number by four of its values around a point; at is restored.</summary>
    public static double Slope(ref double at, Func<double> function)
    {
        const double Step = 1e-4;
        double center = at, sum = 0;
        foreach ((double steps, double weight) in new (double, double)[] { (1, 8), (-1, -8), (2, -1), (-2, 1) })
        {
            at = center + (steps * Step);
            sum += weight * function();
        }

        at = center;
        return sum / (12 * Step);
    }
}
