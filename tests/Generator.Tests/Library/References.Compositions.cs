namespace OptGen.Generator.Tests.Library;

// Models of several parts.
internal static partial class References
{
    public static double[][] OwnParameters(Call call)
    {
        int size = call.Size;
        double[] scale = call.Parameters["Scale"], mix = call.Parameters["Mix"], offset = call.Parameters["Offset"];
        return [[.. call.X.Take(call.Rows * size).Select((x, i) => Math.Tanh((x * scale[i % size]) + offset[0]) * mix[size + (i % size)])]];
    }

    public static double[][] Constants(Call call)
    {
        int size = call.Size;
        double[] y = new double[call.Rows * 2];
        for (int row = 0; row < call.Rows; row++)
        {
            for (int i = 0; i < size; i++)
            {
                double scaled = call.X[(row * size) + i] * CompositionCases.Constant(i);
                y[row * 2] += scaled * CompositionCases.Constant((2 * i) + 3);
                y[(row * 2) + 1] += scaled * CompositionCases.Constant((2 * i) + 4);
            }
        }

        return [y];
    }

    public static double[][] SeveralInputsAndOutputs(Call call)
    {
        int size = call.Size;
        double[] hidden = [.. Dense(call.X, call.Rows, call.Parameters["Hidden.Kernel"], call.Parameters["Hidden.Bias"]).Select(Math.Tanh)];
        double first = 0, second = 0;
        for (int row = 0; row < call.Rows; row++)
        {
            double sum = 0;
            for (int i = 0; i < size; i++)
            {
                int at = (row * size) + i;
                first += Math.Pow((hidden[at] * call.Inputs[1][at]) - call.Inputs[2][at], 2) / (call.Rows * size);
                sum += hidden[at] + call.Inputs[1][at];
            }

            second += Math.Pow(sum - call.Inputs[3][row], 2) / call.Rows;
        }

        return [[first + (0.5 * second)]];
    }

    public static double[][] SeveralPredictions(Call call)
    {
        double[] first = new double[call.Rows * call.Size], second = new double[call.Rows * 2];
        for (int row = 0; row < call.Rows; row++)
        {
            double[] a = Row(call.X, row, call.Size), b = Row(call.Inputs[1], row, 2);
            for (int i = 0; i < call.Size; i++)
                first[(row * call.Size) + i] = a[i] * (b[0] + b[1]) / 2;
            for (int i = 0; i < 2; i++)
                second[(row * 2) + i] = Math.Tanh(b[i]) + a.Sum();
        }

        return [first, second];
    }

    public static double[][] SharedWeights(Call call)
    {
        double[] Layer(double[] x) => Dense(x, call.Rows, call["Kernel"], call["Bias"]);
        double[] once = Layer(call.X), twice = Layer([.. once.Select(Math.Tanh)]);
        return [[.. once.Zip(twice, (a, b) => a + Math.Tanh(b))]];
    }

    /// <summary>A kernel with a correction of rank 2, whose gradient is that of the kernel, and two biases with one gradient.</summary>
    public static double[][] Adapter(Call call)
    {
        double[] kernel = (double[])call.Parameters["Kernel"].Clone(), down = call.Parameters["Down"], up = call.Parameters["Up"];
        for (int i = 0; i < call.Size; i++)
        {
            for (int j = 0; j < 3; j++)
                kernel[(i * 3) + j] += (down[i * 2] * up[j]) + (down[(i * 2) + 1] * up[3 + j]);
        }

        return [Dense(call.X, call.Rows, kernel, [.. call.Parameters["Bias"].Zip(call.Parameters["Shift"], (b, s) => b + s)])];
    }

    public static double[][] OwnFunction(Call call)
    {
        int count = call.Rows * call.Size;
        double[] y = [.. call.X.Take(count).Select(x => x > 0 ? x : x / (1 + (x * x)))];
        return [[y.Select((value, i) => Math.Log(1 + Math.Pow(value - call.Inputs[1][i], 2))).Average() + (0.1 * Math.Sqrt(Dot(y, y) + 1))]];
    }
}
