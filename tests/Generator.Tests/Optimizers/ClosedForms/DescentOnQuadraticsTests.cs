namespace OptGen.Generator.Tests.Optimizers.ClosedForms;

/// <summary>Gradient descent on quadratics: every step multiplies the error of a coordinate by 1 − ηa.</summary>
public class DescentOnQuadraticsTests
{
    [Fact]
    public void The_stop_rule_fires_when_the_closed_form_says()
    {
        const double A = 2, Rate = 0.05, Tolerance = 1e-9;
        double Loss(double w) => A * w * w / 2;
        double factor = Math.Pow(1 - (Rate * A), 2);
        int expected = 1;
        while (Loss(1) * Math.Pow(factor, expected - 1) * (1 - factor) > Tolerance)
            expected++;

        CompiledOptimizer descent = UsersRules.Create("Descent", 1);
        descent["LearningRate"] = Rate;
        double[] w = [1];
        double change;
        do
        {
            double before = Loss(w[0]);
            descent.Step<double>(w, [A * w[0]]);
            change = Math.Abs(Loss(w[0]) - before);
        }
        while (change > Tolerance && descent.StepCount < 10_000);
        Assert.Equal(expected, descent.StepCount);
        Assert.InRange(expected, 50, 500);
    }

    /// <summary>The rate as a multiple of the optimal one, 1/a.</summary>
    [Theory]
    [InlineData(0.5, "monotone")]
    [InlineData(1, "one step")]
    [InlineData(1.5, "alternating")]
    [InlineData(2, "period two")]
    [InlineData(2.1, "divergent")]
    public void The_error_shrinks_by_its_factor_in_every_regime(double multiple, string regime)
    {
        const double A = 4;
        CompiledOptimizer descent = UsersRules.Create("Descent", 1);
        descent["LearningRate"] = multiple / A;
        double[] errors = [.. descent.Path([3], w => [A * (w[0] - 1)], 40).Select(w => w[0] - 1)];
        for (int k = 1; k < errors.Length; k++)
            Assert.Equal((1 - multiple) * errors[k - 1], errors[k], 1e-12 * Math.Max(1, Math.Abs(errors[k])));
        bool holds = regime switch
        {
            "monotone" => errors.Zip(errors.Skip(1)).All(pair => pair.Second > 0 && pair.Second < pair.First),
            "one step" => errors.Skip(1).All(error => error == 0),
            "alternating" => errors.Take(30).Zip(errors.Skip(1)).All(pair => pair.First * pair.Second < 0 && Math.Abs(pair.Second) < Math.Abs(pair.First)),
            "period two" => errors.Zip(errors.Skip(2)).All(pair => pair.First == pair.Second) && errors[1] == -errors[0],
            _ => errors.Zip(errors.Skip(1)).All(pair => Math.Abs(pair.Second) > Math.Abs(pair.First)) && Math.Abs(errors[^1]) > 80,
        };
        Assert.True(holds, string.Join(" ", errors));
    }

    /// <summary>A diagonal quadratic with optimal rates 1 and ⅓, and one with 1 and 0.91.</summary>
    [Theory]
    [InlineData(0.33, 2.1, 0.307, -1.1)]
    [InlineData(0.33, 2.0, 0.34, -1)]
    [InlineData(0.33, 1.5, 0.505, -0.5)]
    [InlineData(0.33, 1.0, 0.67, 0)]
    [InlineData(0.33, 0.75, 0.7525, 0.25)]
    [InlineData(0.91, 1.9, -0.729, -0.9)]
    public void Coordinates_converge_each_by_its_own_factor(double optimal, double multiple, double slow, double fast)
    {
        CompiledOptimizer descent = UsersRules.Create("Descent", 2);
        descent["LearningRate"] = multiple * optimal;
        double[][] path = descent.Path([1, 1], w => [w[0], w[1] / optimal], 30);
        for (int k = 0; k < path.Length; k++)
        {
            Assert.Equal(Math.Pow(slow, k), path[k][0], 1e-11);
            Assert.Equal(Math.Pow(fast, k), path[k][1], 1e-11 * Math.Max(1, Math.Abs(path[k][1])));
        }

        // It converges iff the rate is below twice the least of the optimal ones.
        bool converges = Math.Abs(path[^1][0]) + Math.Abs(path[^1][1]) < 0.1;
        Assert.Equal(multiple < 2, converges);
    }

    [Fact]
    public void A_strongly_convex_loss_falls_linearly()
    {
        // Curvatures between μ = 0.5 and L = 8, η = 1/L: E falls at least by (1 − μ/L)² a step.
        double[] curvature = [0.5, 1, 3, 8];
        double Loss(double[] w) => w.Select((value, i) => curvature[i] * value * value / 2).Sum();
        CompiledOptimizer descent = UsersRules.Create("Descent", 4);
        descent["LearningRate"] = 1.0 / 8;
        double[][] path = descent.Path([1, -2, 3, -4], w => [.. w.Select((value, i) => curvature[i] * value)], 200);
        for (int k = 1; k < path.Length; k++)
            Assert.InRange(Loss(path[k]), 0, Math.Pow(1 - (0.5 / 8), 2) * Loss(path[k - 1]) * (1 + 1e-12));

        // And not faster in the end: the bound is met by the flattest coordinate.
        Assert.Equal(Math.Pow(1 - (0.5 / 8), 2), Loss(path[^1]) / Loss(path[^2]), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void A_smooth_convex_loss_stays_below_its_bound(double rate)
    {
        // Σ√(1 + w²) − 1 has curvature at most 1 and hardly any far out: E_k − E* ≤ ‖w₀ − w*‖²/(2ηk) for η ≤ 1.
        double Loss(double[] w) => w.Sum(value => Math.Sqrt(1 + (value * value)) - 1);
        double[] start = [50, -3, 0.2];
        CompiledOptimizer descent = UsersRules.Create("Descent", 3);
        descent["LearningRate"] = rate;
        double[][] path = descent.Path(start, w => [.. w.Select(value => value / Math.Sqrt(1 + (value * value)))], 1_000);
        double distance = start.Sum(value => value * value), closest = double.MaxValue;
        for (int k = 1; k < path.Length; k++)
        {
            double bound = distance / (2 * rate * k);
            Assert.InRange(Loss(path[k]), 0, bound);
            closest = Math.Min(closest, bound / Loss(path[k]));
        }

        // The bound says something: at some time the loss is within a factor of five.
        Assert.InRange(closest, 1, 5);
    }

    [Fact]
    public void A_constant_rate_has_a_floor_of_noise_and_a_falling_one_has_none()
    {
        // E(w − w*)² → ησ²/(a(2 − ηa)); with η = 1/(ak) it is σ²/(ak)²·k. Each of many elements is a run of its own.
        const int Runs = 40_000, Steps = 100;
        const double A = 2, Sigma = 3, Rate = 0.2;
        double MeanSquare(string name, double rate)
        {
            CompiledOptimizer optimizer = UsersRules.Create(name, Runs);
            optimizer["LearningRate"] = rate;
            Random random = new(8);
            double[][] path = optimizer.Path(new double[Runs], w => [.. w.Select(value => (A * value) + (Sigma * Normal(random)))], Steps);
            return path[^1].Average(value => value * value);
        }

        double floor = Rate * Sigma * Sigma / (A * (2 - (Rate * A)));
        Assert.Equal(1, MeanSquare("Descent", Rate) / floor, 0.03);
        Assert.Equal(1, MeanSquare("FadingDescent", 1 / A) / (Sigma * Sigma / (A * A * Steps)), 0.03);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
