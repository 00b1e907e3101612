using System.Diagnostics;

namespace CustomOptimizer;

/// <summary>One update of all parameters by their gradients.</summary>
internal delegate void Step(Span<float> parameters, ReadOnlySpan<float> gradients);

/// <summary>A rule under its name: makes an optimizer of so many parameters with a learning rate.</summary>
internal sealed record Contender(string Name, Func<int, float, Step> Create);

/// <summary>A run from the usual start.</summary>
/// <param name="Path">Every point, the start included.</param>
/// <param name="Losses">The function's value at each.</param>
internal sealed record Run(float Rate, (float X, float Y)[] Path, double[] Losses)
{
    /// <summary>How many steps it takes to come, and stay, below a value; null when it does not.</summary>
    public int? StepsTo(double value)
    {
        int last = Array.FindLastIndex(Losses, loss => !(loss < value));
        return last == Losses.Length - 1 ? null : last + 1;
    }
}

/// <summary>What a contender achieved.</summary>
/// <param name="Best">Its run at the rate that serves it best.</param>
/// <param name="Solved">Share of random starts from which it found the minimum.</param>
/// <param name="Nanoseconds">Time for the update of one parameter.</param>
internal sealed record Score(string Name, Run Best, double Solved, double Nanoseconds);

/// <summary>Holds rules against each other on <see cref="Rosenbrock"/>, each at its own best learning rate.</summary>
internal static class Contest
{
    /// <summary>What counts as found.</summary>
    public const double Goal = 1e-6;

    private const int Starts = 1_000, TimedParameters = 1_000_000, TimedSteps = 30;

    /// <summary>The learning rates among which every rule has its choice: nine to a decade from 0.01 to 1.</summary>
    private static readonly float[] s_rates = [.. Enumerable.Range(0, 19).Select(i => (float)Math.Pow(10, -2 + i / 9.0))];

    public static readonly Contender[] Contenders =
    [
        new("Trend", (count, rate) => new Trend(count) { LearningRate = rate }.Step),
        new("AdamW", (count, rate) => new Baseline(count) { LearningRate = rate }.Step),
    ];

    public static Score Hold(Contender contender, int steps)
    {
        Run best = s_rates.Select(rate => Descend(contender, rate, steps)).OrderBy(run => run.StepsTo(Goal) ?? int.MaxValue).ThenBy(run => run.Losses[^1]).First();
        return new Score(contender.Name, best, Solved(contender, best.Rate, steps), Time(contender));
    }

    private static Run Descend(Contender contender, float rate, int steps)
    {
        Step step = contender.Create(2, rate);
        Span<float> w = [Rosenbrock.Start.X, Rosenbrock.Start.Y], gradient = stackalloc float[2];
        var path = new (float X, float Y)[steps + 1];
        path[0] = (w[0], w[1]);
        for (int i = 1; i <= steps; i++)
        {
            Rosenbrock.Gradient(w, gradient);
            step(w, gradient);
            path[i] = (w[0], w[1]);
        }

        return new Run(rate, path, [.. path.Select(point => Rosenbrock.Value(point.X, point.Y))]);
    }

    /// <summary>How far the invented rule trusts x and y in each step of its run.</summary>
    public static float[][] Trust(float rate, int steps)
    {
        Trend optimizer = new(2) { LearningRate = rate };
        Span<float> w = [Rosenbrock.Start.X, Rosenbrock.Start.Y], gradient = stackalloc float[2];
        float[][] trust = [new float[steps], new float[steps]];
        for (int i = 0; i < steps; i++)
        {
            Rosenbrock.Gradient(w, gradient);
            optimizer.Step(w, gradient);
            (trust[0][i], trust[1][i]) = (optimizer.Trust[0], optimizer.Trust[1]);
        }

        return trust;
    }

    /// <summary>All starts lie in one span: every step of the optimizer updates them all in one pass.</summary>
    private static double Solved(Contender contender, float rate, int steps)
    {
        Random random = new(7);
        float[] w = [.. Enumerable.Range(0, 2 * Starts).Select(i => (float)(4 * random.NextDouble() - (i % 2 == 0 ? 2 : 1)))], gradient = new float[w.Length];
        Step step = contender.Create(w.Length, rate);
        for (int i = 0; i < steps; i++)
        {
            Rosenbrock.Gradient(w, gradient);
            step(w, gradient);
        }

        return Enumerable.Range(0, Starts).Count(i => Rosenbrock.Value(w[2 * i], w[2 * i + 1]) < Goal) / (double)Starts;
    }

    private static double Time(Contender contender)
    {
        Random random = new(1);
        float[] w = new float[TimedParameters], gradient = [.. w.Select(_ => random.NextSingle() - 0.5f)];
        Step step = contender.Create(w.Length, 1e-3f);
        double[] times = new double[TimedSteps];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step(w, gradient);
            times[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / w.Length;
        }

        Array.Sort(times);
        return times[TimedSteps / 2];
    }
}
