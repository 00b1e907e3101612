namespace OptGen.Generator.Tests.Library;

// Losses: one number each.
internal static partial class References
{
    public static double[][] CosineSimilarityLoss(Call call) => Mean(call, row =>
    {
        double[] y = Row(call.X, row, call.Size), t = Row(call.Inputs[1], row, call.Size);
        return 1 - (Dot(y, t) / Math.Sqrt(Math.Max(Dot(y, y) * Dot(t, t), 1e-16)));
    });

    /// <summary>PyTorch's CrossEntropyLoss with its arguments weight, ignore_index and label_smoothing.</summary>
    public static double[][] CrossEntropy(Call call, double smoothing = 0, bool isWeighted = false, int ignored = -1)
    {
        int classes = call.Size;
        double sum = 0, weights = 0;
        for (int row = 0; row < call.Rows; row++)
        {
            int label = (int)call.Inputs[1][row];
            if (label == ignored)
                continue;
            double[] logarithms = [.. Softmax(Row(call.X, row, classes)).Select(p => Math.Log(p))];
            double Weight(int j) => isWeighted ? LossCases.ClassWeight(j) : 1;
            sum -= (1 - smoothing) * Weight(label) * logarithms[label];
            for (int j = 0; j < classes; j++)
                sum -= smoothing / classes * Weight(j) * logarithms[j];
            weights += Weight(label);
        }

        // With no row that counts PyTorch divides by zero; here the loss is 0.
        return [[weights == 0 ? 0 : sum / weights]];
    }

    /// <summary>Lin et al., equation 5, with sigmoids.</summary>
    public static double[][] Focal(Call call, double gamma, double alpha) => Mean(call, row => Enumerable.Range(row * call.Size, call.Size).Average(i =>
    {
        double p = 1 / (1 + Math.Exp(-call.X[i]));
        bool isOne = call.Inputs[1][i] == 1;
        double right = isOne ? p : 1 - p;
        return -(isOne ? alpha : 1 - alpha) * Math.Pow(1 - right, gamma) * Math.Log(right);
    }));

    public static double[][] FocalCrossEntropy(Call call, double gamma) => Mean(call, row =>
    {
        double p = Softmax(Row(call.X, row, call.Size))[(int)call.Inputs[1][row]];
        return -Math.Pow(1 - p, gamma) * Math.Log(p);
    });

    public static double[][] Triplet(Call call, double margin) => Mean(call, row =>
        Math.Max(0, Distance(call.X, call.Inputs[1], row, call.Size) - Distance(call.X, call.Inputs[2], row, call.Size) + margin));

    public static double[][] Contrastive(Call call, double margin) => Mean(call, row =>
    {
        double d = Distance(call.X, call.Inputs[1], row, call.Size), apart = Math.Max(0, margin - d);
        return call.Inputs[2][row] == 1 ? d * d / 2 : apart * apart / 2;
    });

    public static double[][] WeighedSum(Call call)
    {
        double square = 0, absolute = 0;
        int count = call.Rows * call.Size;
        for (int i = 0; i < count; i++)
        {
            double difference = call.X[i] - call.Inputs[1][i];
            square += difference * difference / count;
            absolute += Math.Abs(difference);
        }

        return [[(0.7 * square) + (0.3 * absolute)]];
    }

    /// <summary>The mean squared error of a perceptron of layers Hidden and Out with one output.</summary>
    public static double PerceptronError(Call call)
    {
        double[] hidden = [.. Dense(call.X, call.Rows, call.Parameters["Hidden.Kernel"], call.Parameters["Hidden.Bias"]).Select(Math.Tanh)];
        double[] y = Dense(hidden, call.Rows, call.Parameters["Out.Kernel"], call.Parameters["Out.Bias"]);
        return y.Select((value, row) => (value - call.Inputs[1][row]) * (value - call.Inputs[1][row])).Average();
    }

    private static double[][] Mean(Call call, Func<int, double> row) => [[Enumerable.Range(0, call.Rows).Average(row)]];

    private static double[] Row(double[] x, int row, int size) => x[(row * size)..((row + 1) * size)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Distance(double[] a, double[] b, int row, int size) =>
        Math.Sqrt(Enumerable.Range(row * size, size).Sum(i => (a[i] - b[i]) * (a[i] - b[i])));
}
