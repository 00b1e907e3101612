namespace OptGen.Generator.Tests.Optimizers.ClosedForms;

/// <summary>What large rates and large gradients do, and what schedules and bounds make of it.</summary>
public class LargeStepTests
{
    [Fact]
    public void A_large_rate_escapes_and_must_fall_to_settle()
    {
        // ¼(w² − 1)² has curvature 2 at its minima: the optimal rate is ½, and above 1 no minimum holds. At 1.7 steps even cross the hill.
        static double[] Gradient(double[] w) => [w[0] * ((w[0] * w[0]) - 1)];
        double[] Run(string name, double rate)
        {
            CompiledOptimizer optimizer = UsersRules.Create(name, 1);
            optimizer["LearningRate"] = rate;
            return [.. optimizer.Path([0.99], Gradient, 2_000).Select(w => w[0])];
        }

        double[] small = Run("Descent", 0.5), constant = Run("Descent", 1.7), decayed = Run("DecayedDescent", 1.7);
        Assert.Equal(1, small[^1], 1e-12);
        Assert.All(small, w => Assert.True(w > 0.9));
        Assert.Contains(constant, w => w < -0.5);
        Assert.True(constant[1_900..].Max(w => Math.Abs(Gradient([w])[0])) > 0.1);
        Assert.Contains(decayed, w => w < -0.5);
        Assert.Equal(1, Math.Abs(decayed[^1]), 1e-12);
    }

    [Theory]
    [InlineData("ValueClippedDescent")]
    [InlineData("TensorClippedDescent")]
    [InlineData("GloballyClippedDescent")]
    public void Bounded_gradients_come_down_a_wall_from_which_plain_ones_are_thrown(string name)
    {
        static double[] Gradient(double[] w) => [.. w.Select(value => 4 * value * value * value)];
        double[] start = [4, -3, 2, 0.1];
        double[][] thrown = UsersRules.Create("Descent", 4).Path(start, Gradient, 6), down = UsersRules.Create(name, 4).Path(start, Gradient, 2_000);
        Assert.True(Math.Abs(thrown[^1][0]) > 1e9);
        Assert.All(down[^1], value => Assert.InRange(Math.Abs(value), 0, 0.1));
        for (int k = 1; k < down.Length; k++)
        {
            double[] move = [.. down[k].Zip(down[k - 1], (now, before) => now - before)];
            double length = name switch
            {
                "ValueClippedDescent" => move.Max(Math.Abs),
                "TensorClippedDescent" => Math.Max(Norm(move[..2]), Norm(move[2..])),
                _ => Norm(move),
            };
            Assert.InRange(length, 0, 0.1 * (1 + 1e-9));
        }
    }

    [Fact]
    public void Norms_keep_the_direction_and_values_do_not()
    {
        double[] gradients = [30, -40, 1, 0];
        double[] Step(string name) => UsersRules.Create(name, 4).Path(new double[4], _ => gradients, 1)[1];
        double[] byValue = Step("ValueClippedDescent"), byTensor = Step("TensorClippedDescent"), all = Step("GloballyClippedDescent");
        Assert.Equal([-0.1, 0.1, -0.1, 0], byValue);
        Assert.Equal([-0.06, 0.08, -0.1, 0], byTensor.Select(value => Math.Round(value, 6)));
        double norm = Norm(gradients);
        Assert.All(all.Zip(gradients), pair => Assert.Equal(-0.1 * pair.Second / norm, pair.First, 1e-8));
    }

    [Fact]
    public void Tiny_gradients_are_left_alone()
    {
        double[] gradients = [1e-200, -1e-9, 1e-3, 0];
        double[] expected = UsersRules.Create("Descent", 4).Path(new double[4], _ => gradients, 1)[1];
        foreach (string name in new[] { "ValueClippedDescent", "TensorClippedDescent", "GloballyClippedDescent" })
            Assert.Equal(expected, UsersRules.Create(name, 4).Path(new double[4], _ => gradients, 1)[1]);
    }

    private static double Norm(double[] vector) => Math.Sqrt(vector.Sum(value => value * value));
}
