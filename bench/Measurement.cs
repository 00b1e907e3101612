namespace OptGen.Bench;

/// <summary>Seconds per step of one contender, from many short blocks.</summary>
internal sealed class Measurement
{
    private const double BlockSeconds = 0.02;
    private const double WarmUpSeconds = 0.5;

    private readonly Func<int, double> _run;
    private readonly int _stepsPerBlock;
    private readonly List<double> _secondsPerStep = [];

    private Measurement(Func<int, double> run, int stepsPerBlock)
    {
        _run = run;
        _stepsPerBlock = stepsPerBlock;
    }

    public double Median => Quantile(0.5);

    public double Minimum => Quantile(0);

    /// <summary>Runs the contenders in turn, block by block, so that a change of the machine's speed meets all of them.</summary>
    public static Measurement[] Interleave(int repetitions, params Func<int, double>[] contenders)
    {
        Measurement[] measurements = [.. contenders.Select(WarmUp)];
        for (int i = 0; i < repetitions; i++)
        {
            foreach (Measurement measurement in measurements)
                measurement._secondsPerStep.Add(measurement._run(measurement._stepsPerBlock) / measurement._stepsPerBlock);
        }

        return measurements;
    }

    /// <summary>The median over the repetitions of how many times slower than <paramref name="ours"/> this contender was in the same repetition.</summary>
    public double MedianRatioTo(Measurement ours) =>
        Quantile([.. _secondsPerStep.Zip(ours._secondsPerStep, (theirs, own) => theirs / own).Order()], 0.5);

    private static Measurement WarmUp(Func<int, double> run)
    {
        double total = 0;
        int steps = 1;
        double seconds = run(steps);
        while (total < WarmUpSeconds)
        {
            steps = Math.Max(1, (int)(BlockSeconds / Math.Max(seconds / steps, 1e-8)));
            total += seconds = run(steps);
        }

        return new Measurement(run, Math.Max(1, (int)(BlockSeconds * steps / seconds)));
    }

    private double Quantile(double part) => Quantile([.. _secondsPerStep.Order()], part);

    private static double Quantile(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];
}
