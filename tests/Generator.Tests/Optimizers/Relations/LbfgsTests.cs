namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>L-BFGS against plain loops over the pairs themselves, with the line search as one loop that calls the function: where the gradient is evaluated, point by point.</summary>
public class LbfgsTests
{
    private const string Plain = "Lbfgs", Short = "Lbfgs(History = 3)", Searching = "Lbfgs(LineSearch = LineSearch.StrongWolfe)", ShortSearching = "Lbfgs(History = 3, LineSearch = LineSearch.StrongWolfe)";

    private static readonly CompiledSet s_set = new([Plain, Short, Searching, ShortSearching, "Lbfgs(History = 1)"], hasFloats: true);

    private delegate double Function(ReadOnlySpan<double> w, Span<double> gradient);

    [Theory]
    [InlineData(Plain, 10)]
    [InlineData(Short, 3)]
    [InlineData("Lbfgs(History = 1)", 1)]
    public void Without_a_search_the_points_are_those_of_the_two_loops(string chain, int history)
    {
        // A rate below 1 keeps the first steps where the curvature is positive, and some where it is not.
        Holds(chain, history, searches: false, Bowl(12), Start(12), 1, 30);
        Holds(chain, history, searches: false, Bowl(12), Start(12), 0.3, 30);
        Holds(chain, history, searches: false, Valley, [-1.2, 1, 0.7, 1.4, -0.6, 0.2], 0.2, 30);
    }

    [Theory]
    [InlineData(Searching, 10)]
    [InlineData(ShortSearching, 3)]
    public void With_a_search_the_points_are_those_that_the_loop_tries(string chain, int history)
    {
        // In the valley what rounding does grows from one turn to the next, the faster the fewer pairs there are.
        Holds(chain, history, searches: true, Valley, [-1.2, 1], 1, chain == Searching ? 45 : 28);
        Holds(chain, history, searches: true, Valley, [-1.2, 1, 0.7, 1.4, -0.6, 0.2], 1, 25);
        Holds(chain, history, searches: true, Bowl(12), Start(12), 1, 30);

        // Waves, between which places that the cubic gives lie next to an end of the bracket twice in a row.
        Holds(chain, history, searches: true, Waves, [0, 0], 3.77, 8);

        // First lengths that are much too short, and much too long.
        Holds(chain, history, searches: true, Bowl(12), Start(12), 1e-3, 30);
        Holds(chain, history, searches: true, Valley, [-1.2, 1], 40, 30);
    }

    [Fact]
    public void Rosenbrocks_valley_is_gone_through_in_few_evaluations()
    {
        CompiledOptimizer optimizer = s_set.Create(Searching, isDouble: true, (1, 2));
        double[] w = [-1.2, 1], g = new double[2];
        int evaluations = 0;
        for (double loss = 1; loss > 1e-10; evaluations++)
        {
            loss = optimizer.Loss = Valley(w, g);
            optimizer.Step<double>(w, g);
            Assert.InRange(evaluations, 0, 60);
        }
    }

    [Fact]
    public void A_quadratic_of_as_many_dimensions_as_pairs_is_at_its_least_soon()
    {
        // With exact searches n steps would do; the strong conditions of Wolfe leave each a little off.
        CompiledOptimizer optimizer = s_set.Create(Searching, isDouble: true, (1, 6));
        Function bowl = Bowl(6);
        double[] w = Start(6), g = new double[6];
        double first = bowl(w, g);
        for (int evaluation = 0; evaluation < 20; evaluation++)
        {
            optimizer.Loss = bowl(w, g);
            optimizer.Step<double>(w, g);
        }

        Assert.InRange(bowl(w, g), 0, 1e-10 * first);
    }

    [Fact]
    public void In_single_precision_the_valley_is_gone_through_as_well()
    {
        CompiledOptimizer optimizer = s_set.Create(Searching, isDouble: false, (1, 2));
        float[] w = [-1.2f, 1];
        double[] g = new double[2];
        for (int evaluation = 0; evaluation < 60; evaluation++)
        {
            optimizer.Loss = Valley([w[0], w[1]], g);
            optimizer.Step<float>(w, [(float)g[0], (float)g[1]]);
        }

        Assert.InRange(Valley([w[0], w[1]], g), 0, 1e-9);
    }

    [Fact]
    public void A_trial_where_the_loss_is_no_number_is_taken_back()
    {
        // Beyond 2 the logarithm has no value; the first length goes far beyond.
        static double Walled(double w, out double g)
        {
            g = (2 * w) + (0.1 / (2 - w)) - 3;
            return (w * w) - (0.1 * Math.Log(2 - w)) - (3 * w);
        }

        CompiledOptimizer optimizer = s_set.Create(Searching, isDouble: true, (1, 1));
        optimizer["LearningRate"] = 50;
        double[] w = [-1];
        bool wasBeyond = false;
        for (int evaluation = 0; evaluation < 40; evaluation++)
        {
            optimizer.Loss = Walled(w[0], out double g);
            wasBeyond |= double.IsNaN(optimizer.Loss);
            optimizer.Step<double>(w, [wasBeyond && w[0] >= 2 ? double.NaN : g]);
        }

        Walled(w[0], out double slope);
        Assert.True(wasBeyond);
        Assert.InRange(Math.Abs(slope), 0, 1e-6);
    }

    [Fact]
    public void What_is_kept_is_named()
    {
        CompiledOptimizer optimizer = s_set.Create(Short, isDouble: true, (1, 2));
        double[] w = [1, -2], before = [.. w];
        optimizer.Step<double>(w, [0.5, -0.25]);
        optimizer.Step<double>(w, [0.25, -0.5]);

        // The first step, and by how much it changed the gradient; the other places are empty.
        Assert.Equal(0.5 / 0.75 * -1, optimizer.State("Steps0")[0] / Math.Min(1, 0.75), 1e-12);
        Assert.Equal([-0.25, -0.25], optimizer.State("Changes0"));
        Assert.Equal([0.0, 0.0], optimizer.State("Steps2"));
        Assert.NotEqual(before, w);
    }

    /// <summary>A slope with waves in a wide bowl.</summary>
    private static double Waves(ReadOnlySpan<double> w, Span<double> gradient)
    {
        double sum = 0;
        for (int i = 0; i < w.Length; i++)
        {
            sum += (-0.649 * w[i]) + (2.432 * Math.Sin(w[i] + 1.412)) + (0.192 * w[i] * w[i]);
            gradient[i] = -0.649 + (2.432 * Math.Cos(w[i] + 1.412)) + (0.384 * w[i]);
        }

        return sum;
    }

    /// <summary>Holds the points at which gradients are asked for to those of the reference.</summary>
    private static void Holds(string chain, int history, bool searches, Function function, double[] start, double rate, int evaluations)
    {
        List<double[]> expected = [];
        LbfgsReference reference = new(history, rate, searches);
        reference.Minimize([.. start], evaluations, (w, g) =>
        {
            expected.Add([.. w]);
            return function(w, g);
        });

        CompiledOptimizer optimizer = s_set.Create(chain, isDouble: true, (1, start.Length / 2), (1, start.Length - (start.Length / 2)));
        optimizer["LearningRate"] = rate;
        double[] w = [.. start], g = new double[w.Length];
        Assert.Equal(evaluations, expected.Count);
        for (int k = 0; k < evaluations; k++)
        {
            for (int i = 0; i < w.Length; i++)
                Assert.True(Math.Abs(expected[k][i] - w[i]) <= 1e-10 * Math.Max(1, Math.Abs(expected[k][i])), $"{chain}, rate {rate}, evaluation {k}, element {i}: {w[i]:R} instead of {expected[k][i]:R}");
            optimizer.Loss = function(w, g);
            optimizer.Step<double>(w, g);
        }
    }

    private static double[] Start(int count) => [.. Enumerable.Range(0, count).Select(i => 1 + (0.5 * Math.Sin(3 * i)))];

    /// <summary>A bowl whose curvatures reach from 1 to 20, turned a little.</summary>
    private static Function Bowl(int count) => (w, gradient) =>
    {
        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            double curvature = 1 + (19.0 * i / (count - 1)), next = w[(i + 1) % count];
            gradient[i] = (curvature * w[i]) + (0.3 * next) + (0.3 * w[(i + count - 1) % count]);
            loss += (curvature * w[i] * w[i] / 2) + (0.3 * w[i] * next);
        }

        return loss;
    };

    /// <summary>Rosenbrock's valley, over pairs of elements.</summary>
    private static double Valley(ReadOnlySpan<double> w, Span<double> gradient)
    {
        double loss = 0;
        for (int i = 0; i < w.Length; i += 2)
        {
            double bend = w[i + 1] - (w[i] * w[i]);
            gradient[i] = (-400 * w[i] * bend) - (2 * (1 - w[i]));
            gradient[i + 1] = 200 * bend;
            loss += (100 * bend * bend) + ((1 - w[i]) * (1 - w[i]));
        }

        return loss;
    }
}
