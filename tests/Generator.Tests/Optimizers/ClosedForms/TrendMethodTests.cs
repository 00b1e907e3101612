namespace OptGen.Generator.Tests.Optimizers.ClosedForms;

/// <summary>Methods that go by the trend of gradients: Rprop, Quickprop, momentum and Nesterov's.</summary>
public class TrendMethodTests
{
    [Theory]
    [InlineData("Trend")]
    [InlineData("LibraryRprop")]
    public void Rprop_does_not_see_how_coordinates_are_scaled(string name)
    {
        double[] start = [3, -2, 0.5];
        double[][] Path(double[] scale) => UsersRules.Create(name, 3).Path(start, w => [.. w.Select((value, i) => scale[i] * value)], 40);
        double[][] path = Path([1, 1, 1]), scaled = Path([1e6, 1e-4, 32]);
        Assert.Equal(path, scaled);
        Assert.All(path[^1], value => Assert.InRange(Math.Abs(value), 0, 0.1));
    }

    [Fact]
    public void Rprop_with_backtracking_follows_its_trace()
    {
        // Steps 0.1, 0.12, 0.144; too far: back by 0.144, half of it; then on, without growth and with it.
        Trace("Trend", [1, 1, 1, -1, 1, 1, 1], [-0.1, -0.22, -0.364, -0.22, -0.292, -0.3784, -0.48208]);

        // Steps keep between their bounds.
        CompiledOptimizer trend = UsersRules.Create("Trend", 1);
        (trend["Longest"], trend["Shortest"]) = (0.15, 0.03);
        double[] lengths = [.. trend.Path([0], _ => [trend.StepCount < 6 ? 1 : trend.StepCount % 2 == 0 ? -1 : 1], 14).Select(w => w[0])];
        Assert.Equal(-0.15, lengths[6] - lengths[5], 1e-12);
        Assert.Equal(0.03, trend.State("Length")[0], 0.03 * 0.2);
    }

    [Fact]
    public void Rprop_of_the_library_follows_its_trace() =>
        Trace("LibraryRprop", [1, 1, -1, -1, -1, 0, 1], [-0.1, -0.22, -0.22, -0.16, -0.088, -0.088, -0.16]);

    [Theory]
    [InlineData("Secant")]
    [InlineData("LibraryQuickprop")]
    public void Quickprop_is_exact_on_a_parabola_at_its_second_step(string name)
    {
        foreach (double a in new[] { 0.5, 3, 6, 9 })
        {
            CompiledOptimizer secant = UsersRules.Create(name, 1);

            // The second step is as long as growth allows when the first goes 1/2.75 of the way or more.
            secant["LearningRate"] = 0.4 / a;
            double[][] path = secant.Path([5], w => [a * (w[0] - 2)], 2);
            Assert.Equal(2 + (3 * 0.6), path[1][0], 1e-12);
            Assert.Equal(2, path[2][0], 1e-12);
        }
    }

    [Theory]
    [InlineData("Secant")]
    [InlineData("LibraryQuickprop")]
    public void Quickprop_never_grows_a_step_beyond_its_cap(string name)
    {
        CompiledOptimizer secant = UsersRules.Create(name, 1);
        secant["LearningRate"] = 0.01;
        double[] w = [.. secant.Path([5], at => [at[0] - 2], 8).Select(at => at[0])];
        for (int k = 2; k < w.Length; k++)
        {
            double move = w[k] - w[k - 1], before = w[k - 1] - w[k - 2];
            Assert.True(Math.Abs(move) <= 1.75 * Math.Abs(before) * (1 + 1e-12));
        }

        Assert.Equal(1.75, (w[2] - w[1]) / (w[1] - w[0]), 1e-12);
    }

    [Fact]
    public void Optimal_momentum_turns_a_radius_of_point_98_into_one_of_point_82()
    {
        // κ = 100: GD (κ − 1)/(κ + 1) = 0.9802, momentum (√κ − 1)/(√κ + 1) = 0.8182.
        double radius = Math.Max(Radius("Momentum", 1, 4.0 / 121, 81.0 / 121), Radius("Momentum", 100, 4.0 / 121, 81.0 / 121));
        double plain = Math.Max(Radius("Momentum", 1, 2.0 / 101, 0), Radius("Momentum", 100, 2.0 / 101, 0));
        Assert.Equal(0.8182, radius, 5e-5);
        Assert.Equal(0.9802, plain, 5e-5);
        for (double a = 1; a <= 100; a += 0.5)
            Assert.InRange(Radius("Momentum", a, 4.0 / 121, 81.0 / 121), 0, radius + 1e-6);
    }

    [Fact]
    public void Nesterovs_radius_is_point_9()
    {
        // η = 1/L, β = (√κ − 1)/(√κ + 1): 1 − 1/√κ.
        double worst = 0;
        for (double a = 1; a <= 100; a += 0.5)
            worst = Math.Max(worst, Radius("Nesterov", a, 0.01, 9.0 / 11));
        Assert.Equal(0.9, worst, 1e-6);
    }

    [Fact]
    public void Momentum_without_memory_is_descent()
    {
        CompiledOptimizer momentum = UsersRules.Create("Momentum", 3), descent = UsersRules.Create("Descent", 3);
        momentum["Beta"] = 0;
        static double[] Gradient(double[] w) => [w[0] - 1, 3 * w[1], Math.Sin(w[2])];
        double[][] plain = descent.Path([1, 2, 3], Gradient, 30), without = momentum.Path([1, 2, 3], Gradient, 30);
        Assert.All(plain.SelectMany(w => w).Zip(without.SelectMany(w => w)), pair => Assert.Equal(pair.First, pair.Second, 1e-14));
    }

    [Fact]
    public void Nesterov_in_place_is_Nesterov_with_the_gradient_ahead()
    {
        static double Gradient(double w) => (w * w * w) - w + 0.3;
        double[] inPlace = [.. UsersRules.Create("Nesterov", 1).Path([2], w => [Gradient(w[0])], 50).Select(w => w[0])];
        double[] library = [.. UsersRules.Create("LibraryNesterov", 1).Path([2], w => [Gradient(w[0])], 50).Select(w => w[0])];
        double point = 2, delta = 0;
        for (int k = 1; k <= 50; k++)
        {
            delta = (0.9 * delta) - (0.1 * Gradient(point + (0.9 * delta)));
            point += delta;
            Assert.Equal(point + (0.9 * delta), inPlace[k], 1e-11);
            Assert.Equal(inPlace[k], library[k], 1e-11);
        }
    }

    private static void Trace(string name, double[] gradients, double[] expected)
    {
        CompiledOptimizer optimizer = UsersRules.Create(name, 1);
        double[] w = [.. optimizer.Path([0], _ => [gradients[optimizer.StepCount]], gradients.Length).Select(at => at[0])];
        Assert.All(expected.Zip(w.Skip(1)), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    /// <summary>The spectral radius of a step on ½aw², which is linear in the parameter and its memory: measured by stepping from the two unit vectors.</summary>
    private static double Radius(string name, double a, double rate, double beta)
    {
        CompiledOptimizer optimizer = UsersRules.Create(name, 2);
        (optimizer["LearningRate"], optimizer["Beta"]) = (rate, beta);
        double[] w = [1, 0];
        Span<double> memory = optimizer.Memory<double>("Delta");
        (memory[0], memory[1]) = (0, 1);
        optimizer.Step<double>(w, [a * w[0], a * w[1]]);
        double trace = w[0] + memory[1], determinant = (w[0] * memory[1]) - (w[1] * memory[0]), discriminant = (trace * trace / 4) - determinant;
        return discriminant < 0 ? Math.Sqrt(determinant) : Math.Abs(trace / 2) + Math.Sqrt(discriminant);
    }
}
