using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Optimizers;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>A tensor as the oracle computes it, and how far rounding errors may move each of its elements; infinitely far where nothing is certain.</summary>
internal sealed record ReferenceTensor(double[] Values, double[] Allowed)
{
    /// <summary>The number of elements that are known with at least that relative error.</summary>
    public int Certain => Allowed.Count(double.IsFinite);

    /// <summary>What is wrong with the tensor as computed by others, or null.</summary>
    public string? Compare(double[] actual)
    {
        if (actual.Length != Values.Length)
            return $"has {actual.Length} elements instead of {Values.Length}";
        for (int i = 0; i < actual.Length; i++)
        {
            if (!double.IsPositiveInfinity(Allowed[i]) && !(Math.Abs(actual[i] - Values[i]) <= Allowed[i]))
                return FormattableString.Invariant($"[{i}] is {actual[i]:R} instead of {Values[i]:R} ± {Allowed[i]:G2}");
        }

        return null;
    }

    /// <summary>The rows of this tensor, then those of another.</summary>
    public ReferenceTensor Then(ReferenceTensor other) => new([.. Values, .. other.Values], [.. Allowed, .. other.Allowed]);
}

/// <summary>What a random model is to compute at a point of its own, for part of a batch and for a full one.</summary>
internal sealed class ModelReference
{
    private const int NoiseRuns = 4;

    /// <summary>The error of each operation in noise, in units in the last place: as much as the worst function has.</summary>
    private const double Noise = 8;

    /// <summary>How many times what the noise came to is allowed, and how many units in the last place of the largest element.</summary>
    private const double Times = 4, Share = 8;

    private readonly ModelOracle _oracle;
    private readonly bool _isDouble;

    public ModelReference(ModelSpec spec, OptimizerSpec optimizer, int seed)
    {
        _oracle = new ModelOracle(spec, optimizer);
        _isDouble = spec.Precision == Specs.Precision.Double;
        Content = ModelContent.Draw(spec, seed);
        Random random = new(seed);

        // A part batch comes after a full one, whose rows it must not see.
        Rows = [spec.Batch, random.Next(1, spec.Batch)];
        Observations[] trained = [.. Rows.Select(rows => Observe((observer, _) => _oracle.Train(Content, rows, observer)))];
        Trained = [.. trained.Select(observed => Tensors(observed, isElementwise: false))];
        Inferred = [.. Rows.Select(rows => Tensors(Observe((observer, _) => _oracle.Infer(Content, rows, observer)), isElementwise: false))];
        Observations steps = Observe((observer, run) => Steps(trained[0].Results[run], run, observer));
        Stepped = Tensors(steps with { IsDecided = steps.IsDecided && trained[0].IsDecided }, isElementwise: true);
        Slope = SlopeAlong(random, Rows[seed % 2], Trained[seed % 2]);
    }

    public ModelContent Content { get; }

    /// <summary>All rows of a batch, then a part of them.</summary>
    public int[] Rows { get; }

    /// <summary>What the tensors of <see cref="Trained"/> are.</summary>
    public IReadOnlyList<string> Names => _oracle.Names;

    /// <summary>The numbers of the buffers that training changes.</summary>
    public int[] KeptBuffers => _oracle.KeptBuffers();

    /// <summary>For each number of rows: loss, gradients, buffers.</summary>
    public ReferenceTensor[][] Trained { get; }

    /// <summary>For each number of rows: the loss without training, the outputs.</summary>
    public ReferenceTensor[][] Inferred { get; }

    /// <summary>Loss, parameters and buffers after a step with a full batch, then the same after another one with a part batch.</summary>
    public ReferenceTensor[] Stepped { get; }

    /// <summary>The derivative of the loss along a random direction: by the gradient and by differences, with the error of the latter; null where kinks are too near.</summary>
    public (double Gradient, double Difference, double Error, double Size)? Slope { get; }

    /// <summary>One unit in the last place, of which functions may be off by some.</summary>
    private double Unit => _isDouble ? Math.Pow(2, -52) : Math.Pow(2, -23);

    private double[][] Steps(double[][] trained, int run, Observer observer)
    {
        RuleRunner optimizer = _oracle.Optimizer(Content);
        ModelContent first = _oracle.Step(optimizer, Content, Moved(trained, run));
        double[][] again = _oracle.Train(first, Rows[1], observer);
        ModelContent second = _oracle.Step(optimizer, first, Moved(again, run));
        return [trained[0], .. first.Parameters, .. KeptBuffers.Select(buffer => first.Buffers[buffer]), again[0], .. second.Parameters, .. KeptBuffers.Select(buffer => second.Buffers[buffer])];
    }

    /// <summary>
    /// The gradients as a rule may find them. One that is 0 but for rounding has either sign, and a rule may make much of it; so one run in noise has all that rounding allows added, and another one
    /// subtracted.
    /// </summary>
    private double[][] Moved(double[][] trained, int run)
    {
        double sign = run switch { 1 => 1, 2 => -1, _ => 0 };
        return [.. trained.Select((tensor, t) =>
        {
            double shift = sign != 0 && t > 0 && t <= Content.Parameters.Length && Trained[0][t].Allowed[0] is double allowed && double.IsFinite(allowed) ? sign * allowed : 0;
            return shift == 0 ? tensor : [.. tensor.Select(g => g + shift)];
        })];
    }

    /// <summary>The results of a computation, and of repetitions with errors.</summary>
    private Observations Observe(Func<Observer, int, double[][]> compute)
    {
        Observer calm = new();
        List<double[][]> results = [compute(calm, 0)];
        bool isDecided = true;
        for (int run = 1; run <= NoiseRuns; run++)
        {
            Observer noise = new(run, Noise * Unit);
            results.Add(compute(noise, run));
            isDecided &= noise.Decisions == calm.Decisions;
        }

        return new Observations(results, isDecided);
    }

    /// <summary>What counts as rounding: some units in the last place of the largest element, and what the errors of every operation came to, be it in any element or in this one alone.</summary>
    private ReferenceTensor[] Tensors(Observations observed, bool isElementwise)
    {
        double largestShare = _isDouble ? 1e-10 : 1e-4;
        return [.. observed.Results[0].Select((tensor, t) =>
        {
            double largest = tensor.Select(Math.Abs).DefaultIfEmpty(0).Max();
            double[] spreads = [.. tensor.Select((value, e) => observed.Results.Max(run => Math.Abs(run[t][e] - value)))];
            double widest = spreads.DefaultIfEmpty(0).Max();
            return new ReferenceTensor(tensor, [.. spreads.Select(spread =>
            {
                double allowed = (Share * Unit * largest) + (Times * (isElementwise ? spread : widest));
                return observed.IsDecided && double.IsFinite(largest) && allowed <= largestShare * (1 + largest) ? allowed : double.PositiveInfinity;
            })]);
        })];
    }

    private (double, double, double, double)? SlopeAlong(Random random, int rows, ReferenceTensor[] trained)
    {
        double[][] direction = [.. Content.Parameters.Select(parameter => parameter.Select(_ => (2 * random.NextDouble()) - 1).ToArray())];
        double length = Math.Sqrt(direction.Sum(tensor => tensor.Sum(each => each * each))), slope = 0, size = 0;
        for (int p = 0; p < direction.Length; p++)
        {
            for (int i = 0; i < direction[p].Length; i++)
            {
                direction[p][i] /= length;
                slope += direction[p][i] * trained[1 + p].Values[i];
                size += Math.Abs(direction[p][i] * trained[1 + p].Values[i]);
            }
        }

        Observer center = new();
        double middle = _oracle.Loss(Content, rows, center);
        double? At(double distance)
        {
            Observer observer = new(center.Stopped);
            double[][] moved = [.. Content.Parameters.Select((parameter, p) => parameter.Select((value, i) => value + (distance * direction[p][i])).ToArray())];
            double loss = _oracle.Loss(Content with { Parameters = moved }, rows, observer);
            return observer.Decisions == center.Decisions ? loss : null;
        }

        // By four losses; exact for polynomials of the fourth degree.
        double? Difference(double step) => 8 * (At(step) - At(-step)) - (At(2 * step) - At(-2 * step)) is double sum ? sum / (12 * step) : null;
        (double Value, double Error)? best = null;
        double? last = null;
        for (double step = 1.0 / 32; step > 1e-6; step /= 4)
        {
            double? now = Difference(step);
            if (now is double value && last is double before && (best is null || Math.Abs(value - before) < best.Value.Error))
                best = (value, Math.Abs(value - before));
            if (best is { } found && found.Error < 1e-10 * (size + Math.Abs(middle)))
                break;
            last = now;
        }

        return best is { } result ? (slope, result.Value, result.Error, size + (1e-3 * Math.Abs(middle))) : null;
    }

    private sealed record Observations(IReadOnlyList<double[][]> Results, bool IsDecided);
}
