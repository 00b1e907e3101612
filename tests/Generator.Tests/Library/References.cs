namespace OptGen.Generator.Tests.Library;

/// <summary>Layers by plain loops, after the papers and PyTorch's definitions. No code is shared with the library.</summary>
internal static partial class References
{
    public static double[][] Maxout(Call call)
    {
        const int Pieces = 3;
        int inputs = call.Size, units = LibraryCase.Next(inputs);
        double[] kernel = call["Kernel"], bias = call["Bias"], y = new double[call.Rows * units];
        for (int row = 0; row < call.Rows; row++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                double best = double.NegativeInfinity;
                for (int piece = 0; piece < Pieces; piece++)
                {
                    int column = (piece * units) + unit;
                    double sum = bias[column];
                    for (int i = 0; i < inputs; i++)
                        sum += call.X[(row * inputs) + i] * kernel[(i * Pieces * units) + column];
                    best = Math.Max(best, sum);
                }

                y[(row * units) + unit] = best;
            }
        }

        return [y];
    }

    /// <summary>Each element of images of 2 rows and 2 channels, twice along both axes.</summary>
    public static double[][] Nearest(Call call)
    {
        int width = call.Size;
        List<double> y = [];
        for (int row = 0; row < call.Rows; row++)
        {
            for (int p = 0; p < 4; p++)
            {
                for (int q = 0; q < 2 * width; q++)
                {
                    for (int c = 0; c < 2; c++)
                        y.Add(call.X[(((((row * 2) + (p / 2)) * width) + (q / 2)) * 2) + c]);
                }
            }
        }

        return [[.. y]];
    }

    /// <summary>PyTorch's bilinear interpolation with align_corners=False: images of 3 rows and 2 channels, three times as large.</summary>
    public static double[][] Bilinear(Call call)
    {
        const int Height = 3, Factor = 3;
        int width = call.Size;
        List<double> y = [];
        for (int row = 0; row < call.Rows; row++)
        {
            for (int p = 0; p < Height * Factor; p++)
            {
                for (int q = 0; q < width * Factor; q++)
                {
                    (int top, int bottom, double down) = Source(p, Height);
                    (int left, int right, double along) = Source(q, width);
                    for (int c = 0; c < 2; c++)
                    {
                        double At(int i, int j) => call.X[(((((row * Height) + i) * width) + j) * 2) + c];
                        double above = ((1 - along) * At(top, left)) + (along * At(top, right)), below = ((1 - along) * At(bottom, left)) + (along * At(bottom, right));
                        y.Add(((1 - down) * above) + (down * below));
                    }
                }
            }
        }

        return [[.. y]];

        static (int First, int Second, double Share) Source(int position, int size)
        {
            double source = Math.Max(0, ((position + 0.5) / Factor) - 0.5);
            int first = (int)source;
            return (first, Math.Min(first + 1, size - 1), source - first);
        }
    }

    public static double[][] LearnedPositions(Call call)
    {
        double[] table = call["Table"];
        return [[.. call.X.Take(call.Rows * table.Length).Select((x, i) => x + table[i % table.Length])]];
    }

    /// <summary>Vaswani et al., section 3.5: four steps.</summary>
    public static double[][] PositionalEncoding(Call call)
    {
        int features = call.Size;
        return [[.. call.X.Take(call.Rows * 4 * features).Select((x, i) =>
        {
            int step = i / features % 4, feature = i % features;
            double angle = step / Math.Pow(10_000, (double)(feature / 2 * 2) / features);
            return x + (feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        })]];
    }

    /// <summary>Attention of the input to itself, or to a second input, of which a third may hide steps.</summary>
    public static double[][] Attention(Call call, int steps, int seen, int features, int heads, bool isCausal = false, bool isMasked = false)
    {
        int size = features / heads;
        double[] memory = call.Inputs.Length > 1 ? call.Inputs[1] : call.X, inputKernel = call["InputKernel"], outputKernel = call["OutputKernel"];
        double[] inputBias = isMasked ? new double[3 * features] : call["InputBias"], outputBias = isMasked ? new double[features] : call["OutputBias"];
        double[] y = new double[call.Rows * steps * features];
        for (int row = 0; row < call.Rows; row++)
        {
            double[,] q = Project(call.X, steps, 0), k = Project(memory, seen, features), v = Project(memory, seen, 2 * features), context = new double[steps, features];
            for (int head = 0; head < heads; head++)
            {
                for (int t = 0; t < steps; t++)
                {
                    bool IsVisible(int s) => !(isCausal && s > t) && !(isMasked && call.Inputs[2][(row * seen) + s] == 0);

                    // A step that may see nothing sees everything alike.
                    bool isBlind = !Enumerable.Range(0, seen).Any(IsVisible);
                    double[] weights = [.. Enumerable.Range(0, seen).Select(s => isBlind ? 1 : IsVisible(s)
                        ? Math.Exp(Enumerable.Range(head * size, size).Sum(d => q[t, d] * k[s, d]) / Math.Sqrt(size))
                        : 0)];
                    double total = weights.Sum();
                    for (int d = head * size; d < (head + 1) * size; d++)
                        context[t, d] = Enumerable.Range(0, seen).Sum(s => weights[s] / total * v[s, d]);
                }
            }

            for (int t = 0; t < steps; t++)
            {
                for (int j = 0; j < features; j++)
                    y[(((row * steps) + t) * features) + j] = outputBias[j] + Enumerable.Range(0, features).Sum(i => context[t, i] * outputKernel[(i * features) + j]);
            }

            double[,] Project(double[] x, int length, int column)
            {
                double[,] projected = new double[length, features];
                for (int t = 0; t < length; t++)
                {
                    for (int j = 0; j < features; j++)
                    {
                        projected[t, j] = inputBias[column + j];
                        for (int i = 0; i < features; i++)
                            projected[t, j] += x[(((row * length) + t) * features) + i] * inputKernel[(i * 3 * features) + column + j];
                    }
                }

                return projected;
            }
        }

        return [y];
    }

    /// <summary>Dense with each column of the kernel scaled to a length of its own.</summary>
    public static double[][] WeightNorm(Call call)
    {
        int inputs = call.Size, units = LibraryCase.Next(inputs);
        double[] kernel = call["Kernel"], gain = call["KernelGain"], scaled = new double[kernel.Length];
        for (int unit = 0; unit < units; unit++)
        {
            double square = 0;
            for (int i = 0; i < inputs; i++)
                square += kernel[(i * units) + unit] * kernel[(i * units) + unit];
            for (int i = 0; i < inputs; i++)
                scaled[(i * units) + unit] = gain[unit] * kernel[(i * units) + unit] / Math.Sqrt(square);
        }

        return [Dense(call.X, call.Rows, scaled, call["Bias"])];
    }

    /// <summary>Dense with its kernel divided by aᵀVb, a and b from two steps of the power method on the kernel before it is moved.</summary>
    public static double[][] SpectralNorm(Call call)
    {
        (double[] left, double[] right) = SingularVectors(call.Origin ?? call);
        double[] kernel = call["Kernel"];
        double norm = 0;
        for (int i = 0; i < left.Length; i++)
        {
            for (int j = 0; j < right.Length; j++)
                norm += left[i] * kernel[(i * right.Length) + j] * right[j];
        }

        return [Dense(call.X, call.Rows, [.. kernel.Select(w => w / norm)], call["Bias"])];
    }

    public static Dictionary<string, double[]> SpectralDirection(Call call) => new() { [call.Statistics.Keys.Single()] = SingularVectors(call).Right };

    /// <summary>x·W + b.</summary>
    private static double[] Dense(double[] x, int rows, double[] kernel, double[] bias)
    {
        int units = bias.Length, inputs = kernel.Length / units;
        double[] y = new double[rows * units];
        for (int row = 0; row < rows; row++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                y[(row * units) + unit] = bias[unit];
                for (int i = 0; i < inputs; i++)
                    y[(row * units) + unit] += x[(row * inputs) + i] * kernel[(i * units) + unit];
            }
        }

        return y;
    }

    private static (double[] Left, double[] Right) SingularVectors(Call call)
    {
        double[] kernel = call["Kernel"], right = call.Statistics.Values.Single();
        int units = right.Length, inputs = kernel.Length / units;
        double[] left = Left();
        for (int step = 0; step < 2; step++)
        {
            right = Unit([.. Enumerable.Range(0, units).Select(j => Enumerable.Range(0, inputs).Sum(i => kernel[(i * units) + j] * left[i]))]);
            left = Left();
        }

        return (left, right);

        double[] Left() => Unit([.. Enumerable.Range(0, inputs).Select(i => Enumerable.Range(0, units).Sum(j => kernel[(i * units) + j] * right[j]))]);

        static double[] Unit(double[] vector) => [.. vector.Select(element => element / Math.Sqrt(vector.Sum(other => other * other) + 1e-12))];
    }
}
