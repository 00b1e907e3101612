namespace OptGen.Generator.Tests.Optimizers.ClosedForms;

/// <summary>Adaptive methods along gradients for which their steps have a closed form.</summary>
public class AdaptiveMethodTests
{
    [Theory]
    [InlineData(1e-3)]
    [InlineData(-7)]
    public void AdaGrads_steps_fall_with_the_root_of_their_number(double g)
    {
        double[] moves = Moves("SumOfSquares", 100, _ => g);
        for (int t = 1; t <= 100; t++)
            Assert.Equal(-Math.Sign(g) * 0.1 / Math.Sqrt(t), moves[t - 1], 1e-12);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(-7)]
    public void RmsProps_steps_fall_to_the_rate(double g)
    {
        double[] moves = Moves("MeanSquare", 60, _ => g);
        for (int t = 1; t <= 60; t++)
            Assert.Equal(-Math.Sign(g) * 0.1 / Math.Sqrt(1 - Math.Pow(0.75, t)), moves[t - 1], 1e-12);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(-7)]
    public void Adams_steps_are_the_rate_while_the_gradient_is_constant(double g) =>
        Assert.All(Moves("Moments", 40, _ => g), move => Assert.Equal(-Math.Sign(g) * 0.1, move, 1e-12));

    [Fact]
    public void Adam_follows_its_trace()
    {
        // β₁ = ½, β₂ = ¾, gradients 4, −4, 8: m = 2, −1, 3.5; v = 4, 7, 21.25.
        double[] gradients = [4, -4, 8], moves = Moves("Moments", 3, step => gradients[step - 1]);
        Assert.Equal(-0.1 * (2 / 0.5) / Math.Sqrt(4 / 0.25), moves[0], 1e-14);
        Assert.Equal(-0.1 * (-1 / 0.75) / Math.Sqrt(7 / 0.4375), moves[1], 1e-14);
        Assert.Equal(-0.1 * (3.5 / 0.875) / Math.Sqrt(21.25 / 0.578125), moves[2], 1e-14);
    }

    [Fact]
    public void RmsProp_follows_its_trace()
    {
        // α = ¾, gradients 4, −4, 8: v = 4, 7, 21.25.
        double[] gradients = [4, -4, 8], moves = Moves("MeanSquare", 3, step => gradients[step - 1]);
        Assert.Equal([-0.1 * 4 / 2, 0.1 * 4 / Math.Sqrt(7), -0.1 * 8 / Math.Sqrt(21.25)], moves.Select(move => move), (one, other) => Math.Abs(one - other) < 1e-14);
    }

    private static double[] Moves(string name, int steps, Func<int, double> gradient)
    {
        CompiledOptimizer optimizer = UsersRules.Create(name, 1);
        double[] w = [.. optimizer.Path([0], _ => [gradient(optimizer.StepCount + 1)], steps).Select(at => at[0])];
        return [.. w.Skip(1).Zip(w, (now, before) => now - before)];
    }
}
