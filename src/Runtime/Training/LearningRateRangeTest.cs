namespace OptGen;

/// <summary>
/// Finds which learning rates a model can take, with any optimizer: it takes steps at rates that grow exponentially and watches the loss.
/// <code>
/// LearningRateRange found = new LearningRateRangeTest().Run(Step, model.Parameters, optimizer.Reset);
/// optimizer.LearningRate = (float)found.Suggested;
///
/// double Step(double rate)
/// {
///     optimizer.LearningRate = (float)rate;
///     return optimizer.TrainStep(x, y);
/// }
/// </code>
/// </summary>
/// <remarks>Smith, "Cyclical learning rates for training neural networks", 2017.</remarks>
public sealed class LearningRateRangeTest
{
    /// <summary>The first rate, 1e-7 by default.</summary>
    public double Lowest { get; init; } = 1e-7;

    /// <summary>The last rate, 10 by default; the test ends before it where the loss diverges.</summary>
    public double Highest { get; init; } = 10;

    /// <summary>How many rates are tried, 100 by default; each is the one before it times the same factor.</summary>
    public int Rates { get; init; } = 100;

    /// <summary>How many steps are taken at each rate, 1 by default.</summary>
    public int StepsPerRate { get; init; } = 1;

    /// <summary>
    /// Whether every rate begins from the parameters from before the test. Then rates are judged each by itself, at the cost of more steps, and
    /// <see cref="LearningRateRange.Limit"/> is the edge of stability. By default one run goes through all rates.
    /// </summary>
    public bool Restart { get; init; }

    /// <summary>The test ends when the loss is this many times the lowest one so far, or is not finite; 4 by default.</summary>
    public double Divergence { get; init; } = 4;

    /// <summary>
    /// How much of the average of the losses so far is kept at each rate, 0 (no averaging, the default) to below 1. Losses of different batches need about 0.9.
    /// </summary>
    public double Smoothing { get; init; }

    /// <summary>Runs the test, which leaves the parameters changed.</summary>
    /// <param name="step">Takes one training step at a rate and gives the loss from before that step, as <c>TrainStep</c> does.</param>
    /// <exception cref="ArgumentException">A property makes no sense, or <see cref="Restart"/> is set, which needs the parameters. Nothing is changed.</exception>
    public LearningRateRange Run(Func<double, double> step)
    {
        if (Restart)
            throw new ArgumentException("To start again at every rate, the test needs the parameters; hand them to Run.", nameof(step));
        return Run(step, Span<float>.Empty);
    }

    /// <summary>Runs the test and puts the parameters back as they were.</summary>
    /// <param name="step">Takes one training step at a rate and gives the loss from before that step, as <c>TrainStep</c> does.</param>
    /// <param name="parameters">What the steps change.</param>
    /// <param name="reset">Makes the optimizer forget its steps: its <c>Reset</c>. It is called whenever the parameters are put back.</param>
    /// <exception cref="ArgumentException">A property makes no sense. Nothing is changed.</exception>
    public LearningRateRange Run<T>(Func<double, double> step, Span<T> parameters, Action? reset = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        Validate();
        T[] before = parameters.ToArray();
        Record record = new(this);
        try
        {
            if (Restart)
                TryEachRate(step, record, before, parameters, reset);
            else
                RunThroughRates(step, record);
        }
        finally
        {
            before.CopyTo(parameters);
            reset?.Invoke();
        }

        return record.Result();
    }

    private void RunThroughRates(Func<double, double> step, Record record)
    {
        // What the steps at a rate brought is known when the next one is taken; the last call is there for that alone.
        for (int i = 0; i <= Rates && !record.Diverged; i++)
        {
            double loss = step(Rate(Math.Min(i, Rates - 1)));
            if (i == 0)
                record.Start = loss;
            else
                record.Add(Rate(i - 1), loss, Math.Min(record.Start, record.LowestLoss));
            for (int taken = 1; taken < StepsPerRate && i < Rates && !record.Diverged; taken++)
                step(Rate(i));
        }
    }

    private void TryEachRate<T>(Func<double, double> step, Record record, T[] before, Span<T> parameters, Action? reset)
    {
        for (int i = 0; i < Rates && !record.Diverged; i++)
        {
            double loss = record.Start = step(Rate(i));
            for (int taken = 1; taken <= StepsPerRate; taken++)
                loss = step(Rate(i));
            record.Add(Rate(i), loss, record.Start);
            before.CopyTo(parameters);
            reset?.Invoke();
        }
    }

    private double Rate(int number) => Rates == 1 ? Lowest : Lowest * Math.Pow(Highest / Lowest, number / (Rates - 1.0));

    /// <summary>What was seen so far.</summary>
    private sealed class Record(LearningRateRangeTest test)
    {
        private readonly List<double> _rates = [];
        private readonly List<double> _losses = [];
        private readonly List<double> _smoothed = [];
        private double _average;

        public double Start { get; set; }

        public double LowestLoss { get; private set; } = double.PositiveInfinity;

        public bool Diverged { get; private set; }

        public void Add(double rate, double loss, double reference)
        {
            _rates.Add(rate);
            _losses.Add(loss);
            _average = test.Smoothing * _average + (1 - test.Smoothing) * loss;
            double smoothed = _average / (1 - Math.Pow(test.Smoothing, _losses.Count));
            _smoothed.Add(smoothed);
            LowestLoss = Math.Min(LowestLoss, smoothed);
            Diverged = !double.IsFinite(smoothed) || smoothed > test.Divergence * reference;
        }

        public LearningRateRange Result() => new(_rates, _losses, _smoothed, Start, Diverged, test.Restart);
    }

    private void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Lowest);
        ArgumentOutOfRangeException.ThrowIfLessThan(Highest, Lowest);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Rates);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StepsPerRate);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Divergence, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegative(Smoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Smoothing, 1.0);
    }
}
