using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>A tensor as the oracle computes it, and how far rounding errors may move each of its elements.</summary>
/// <param name="Allowed">
/// The largest difference that counts as rounding: a share of the largest element, and a multiple of what errors of one unit in the last place of every operation came to.
/// </param>
/// <param name="IsCertain">Whether such errors change no decision, such as the sign of what a kink lies at, and little of the result.</param>
internal sealed record ReferenceTensor(double[] Values, double Allowed, bool IsCertain)
{
    /// <summary>What is wrong with the tensor as computed by others, or null.</summary>
    public string? Compare(double[] actual)
    {
        if (actual.Length != Values.Length)
            return $"has {actual.Length} elements instead of {Values.Length}";
        for (int i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - Values[i]) <= Allowed))
                return FormattableString.Invariant($"[{i}] is {actual[i]:R} instead of {Values[i]:R} ± {Allowed:G2}");
        }

        return null;
    }
}

/// <summary>What a random model is to compute at a point of its own, for part of a batch and for a full one.</summary>
internal sealed class ModelReference
{
    private const int NoiseRuns = 3;

    private readonly ModelOracle _oracle;
    private readonly bool _isDouble;

    public ModelReference(ModelSpec spec, int seed)
    {
        _oracle = new ModelOracle(spec);
        _isDouble = spec.Precision == Specs.Precision.Double;
        Content = ModelContent.Draw(spec, seed);
        Random random = new(seed);

        // A part batch comes after a full one, whose rows it must not see.
        Rows = [spec.Batch, random.Next(1, spec.Batch)];
        Trained = [.. Rows.Select(rows => Observed(observer => _oracle.Train(Content, rows, observer)))];
        Predicted = [.. Rows.Select(rows => Observed(observer => _oracle.Predict(Content, rows, observer)))];
        Slope = SlopeAlong(random, Rows[seed % 2], Trained[seed % 2]);
    }

    public ModelContent Content { get; }

    /// <summary>All rows of a batch, then a part of them.</summary>
    public int[] Rows { get; }

    /// <summary>What the tensors of <see cref="Trained"/> are.</summary>
    public IReadOnlyList<string> Names => _oracle.Names;

    /// <summary>The numbers of the buffers behind the gradients.</summary>
    public int[] KeptBuffers => _oracle.KeptBuffers();

    /// <summary>For each number of rows: loss, gradients, buffers.</summary>
    public ReferenceTensor[][] Trained { get; }

    /// <summary>For each number of rows: the outputs.</summary>
    public ReferenceTensor[][] Predicted { get; }

    /// <summary>The derivative of the loss along a random direction: by the gradient and by differences, with the error of the latter; null where kinks are too near.</summary>
    public (double Gradient, double Difference, double Error, double Size)? Slope { get; }

    private ReferenceTensor[] Observed(Func<Observer?, double[][]> run)
    {
        // One unit in the last place, of which functions may be off by some.
        double unit = _isDouble ? Math.Pow(2, -52) : Math.Pow(2, -23), share = _isDouble ? 1e-12 : 1e-6;
        Observer calm = new();
        double[][] values = run(calm);
        double[] spreads = new double[values.Length];
        bool isDecided = true;
        for (int n = 0; n < NoiseRuns; n++)
        {
            Observer noise = new(n, unit);
            double[][] noisy = run(noise);
            isDecided &= noise.Decisions == calm.Decisions;
            for (int t = 0; t < values.Length; t++)
                spreads[t] = Math.Max(spreads[t], values[t].Zip(noisy[t], (a, b) => Math.Abs(a - b)).DefaultIfEmpty(0).Max());
        }

        return [.. values.Select((tensor, t) =>
        {
            double largest = tensor.Select(Math.Abs).DefaultIfEmpty(0).Max(), allowed = (share * largest) + (64 * spreads[t]);
            return new ReferenceTensor(tensor, allowed, isDecided && tensor.All(double.IsFinite) && allowed <= (_isDouble ? 1e-9 : 1e-3) * (1 + largest));
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
}
