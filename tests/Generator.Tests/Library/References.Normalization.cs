namespace OptGen.Generator.Tests.Library;

// Switchable normalization over four positions.
internal static partial class References
{
    private const int Positions = 4;

    /// <summary>Luo et al.: means and variances of an instance, a layer and a batch, each from its own sum over all of its elements.</summary>
    public static double[][] SwitchableNorm(Call call)
    {
        int features = call.Size;
        double[] w = Softmax(call["MeanLogits"]), v = Softmax(call["VarianceLogits"]), y = new double[call.Rows * Positions * features];
        for (int row = 0; row < call.Rows; row++)
        {
            (double layerMean, double layerVariance) = Moments(call, (r, _, _) => r == row);
            for (int feature = 0; feature < features; feature++)
            {
                (double instanceMean, double instanceVariance) = Moments(call, (r, _, c) => r == row && c == feature);
                (double batchMean, double batchVariance) = call.IsTraining
                    ? Moments(call, (_, _, c) => c == feature)
                    : (call.Statistics["Layer.RunningMean"][feature], call.Statistics["Layer.RunningVariance"][feature]);
                double mean = (w[0] * instanceMean) + (w[1] * layerMean) + (w[2] * batchMean);
                double variance = (v[0] * instanceVariance) + (v[1] * layerVariance) + (v[2] * batchVariance);
                for (int position = 0; position < Positions; position++)
                {
                    int at = (((row * Positions) + position) * features) + feature;
                    y[at] = (call["Gain"][feature] * (call.X[at] - mean) / Math.Sqrt(variance + 1e-5)) + call["Bias"][feature];
                }
            }
        }

        return [y];
    }

    /// <summary>Each of two inputs by its own mean and variance over the rows.</summary>
    public static double[][] SharedBatchNorm(Call call) =>
    [
        .. call.Inputs.Take(2).Select(x => Enumerable.Range(0, call.Rows * call.Size).Select(at =>
        {
            double[] column = Column(call, x, at % call.Size);
            double mean = column.Average(), variance = column.Average(value => (value - mean) * (value - mean));
            return (call["Gain"][at % call.Size] * (x[at] - mean) / Math.Sqrt(variance + 1e-5)) + call["Bias"][at % call.Size];
        }).ToArray()),
    ];

    /// <summary>Averages that the first input has moved before the second one does.</summary>
    public static Dictionary<string, double[]> SharedAverages(Call call)
    {
        double[] means = [.. call.Statistics["Layer.RunningMean"]], variances = [.. call.Statistics["Layer.RunningVariance"]];
        foreach (double[] x in call.Inputs.Take(2))
        {
            for (int feature = 0; feature < call.Size; feature++)
            {
                double[] column = Column(call, x, feature);
                double mean = column.Average(), variance = column.Sum(value => (value - mean) * (value - mean)) / Math.Max(call.Rows - 1, 1);
                means[feature] = (0.9 * means[feature]) + (0.1 * mean);
                variances[feature] = (0.9 * variances[feature]) + (0.1 * variance);
            }
        }

        return new() { ["Layer.RunningMean"] = means, ["Layer.RunningVariance"] = variances };
    }

    private static double[] Column(Call call, double[] x, int feature) => [.. Enumerable.Range(0, call.Rows).Select(row => x[(row * call.Size) + feature])];

    public static Dictionary<string, double[]> SwitchableAverages(Call call)
    {
        (double Mean, double Variance)[] batch = [.. Enumerable.Range(0, call.Size).Select(feature => Moments(call, (_, _, c) => c == feature))];
        return new()
        {
            ["Layer.RunningMean"] = [.. batch.Select((moments, c) => (0.9 * call.Statistics["Layer.RunningMean"][c]) + (0.1 * moments.Mean))],
            ["Layer.RunningVariance"] = [.. batch.Select((moments, c) => (0.9 * call.Statistics["Layer.RunningVariance"][c]) + (0.1 * moments.Variance))],
        };
    }

    private static (double Mean, double Variance) Moments(Call call, Func<int, int, int, bool> isIn)
    {
        List<double> elements = [];
        for (int at = 0; at < call.Rows * Positions * call.Size; at++)
        {
            if (isIn(at / (Positions * call.Size), at / call.Size % Positions, at % call.Size))
                elements.Add(call.X[at]);
        }

        double mean = elements.Average();
        return (mean, elements.Average(x => (x - mean) * (x - mean)));
    }

    private static double[] Softmax(IEnumerable<double> logits)
    {
        double[] powers = [.. logits.Select(Math.Exp)];
        return [.. powers.Select(power => power / powers.Sum())];
    }
}
